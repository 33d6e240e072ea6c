"""Every write to a payment: taking money (paying), giving it back (refunding), finishing after a crash (settling).

Each step is a row first and then a call that can be repeated, so that whoever comes next can tell from the rows
where it stopped: every paid order ends with a ticket or its money back.
"""

from payments.cards import Card, CardInvalid
from payments.errors import CardDeclined, PaymentInProgress

from .paying import pay_order
from .refunding import cancel_order
from .settling import settle_unfinished

__all__ = [
    "Card",
    "CardDeclined",
    "CardInvalid",
    "PaymentInProgress",
    "cancel_order",
    "pay_order",
    "settle_unfinished",
]
