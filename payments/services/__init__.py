"""Every write to a payment: taking money (paying), giving it back (refunding), going on
when the bank or the customer has decided (resuming), finishing after a crash (settling).

Each step is a row first and then a call that can be repeated, so that whoever comes next can tell from the rows
where it stopped: every paid order ends with a ticket or its money back.
"""

from payments.cards import Card, CardInvalid
from payments.errors import CardDeclined, OtherSeatsOffered, PaymentInProgress
from payments.methods import Hosted, Method, MethodNotTaken, Upi, UpiIdInvalid

from .cancelled_runs import RunTakesPlace, refund_cancelled_runs, refund_run
from .exchanging import exchange_seats
from .late_offers import accept_offer, decline_offer
from .paying import pay_order
from .refunding import cancel_order
from .resuming import follow_waiting, give_up_payment, resume_payment
from .settling import settle_unfinished

__all__ = [
    "Card",
    "CardDeclined",
    "CardInvalid",
    "Hosted",
    "Method",
    "MethodNotTaken",
    "OtherSeatsOffered",
    "PaymentInProgress",
    "RunTakesPlace",
    "Upi",
    "UpiIdInvalid",
    "accept_offer",
    "cancel_order",
    "decline_offer",
    "exchange_seats",
    "follow_waiting",
    "give_up_payment",
    "pay_order",
    "refund_cancelled_runs",
    "refund_run",
    "resume_payment",
    "settle_unfinished",
]
