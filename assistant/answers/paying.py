"""How does one pay here, and what became of the caller's payments?"""

from assistant.own import holds_of, payments_and_refunds
from assistant.replies import guidance, payments
from assistant.replies.pieces import Reply
from payments import gateways

from .asked import Asked

_CODES = frozenset({"promo", "voucher", "vouchers", "coupon", "coupons", "gift", "discount", "promotion", "promocode"})


def how_to_pay(asked: Asked) -> Reply:
    asks_code = not _CODES.isdisjoint(asked.slots.rest.split())
    return guidance.how_to_pay(gateways.current().takes, asks_code=asks_code)


def payment_problem(asked: Asked) -> Reply:
    """What the books say of the caller's last payments, and what to do."""
    if asked.customer is None:
        return guidance.when_paying_fails()
    found = payments_and_refunds(asked.customer)
    code = asked.slots.wishes.reference
    if code:
        found = [payment for payment in found if payment.order.reference == code]
    return payments.told(found, holds_of(asked.customer, asked.now)) if found else guidance.when_paying_fails()
