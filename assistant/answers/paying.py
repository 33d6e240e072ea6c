"""How does one pay here, and what became of the caller's payments?"""

import re

from assistant.own import bookings_meant, holds_of, payments_and_refunds
from assistant.replies import guidance, mine, payments
from assistant.replies.pieces import Reply
from payments import gateways

from .asked import Asked

_TWICE = re.compile(r"\b(?:twice|two|2|double|doubled|again|more than once)\b")
_CODES = frozenset({"promo", "voucher", "vouchers", "coupon", "coupons", "gift", "discount", "promotion", "promocode"})


def how_to_pay(asked: Asked) -> Reply:
    asks_code = not _CODES.isdisjoint(asked.slots.rest.split())
    return guidance.how_to_pay(gateways.current().takes, asks_code=asks_code)


def payment_problem(asked: Asked) -> Reply:
    """What the books say of the caller's last payments, and what to do."""
    if asked.customer is None:
        return guidance.when_paying_fails()
    customer = asked.customer
    found = payments_and_refunds(customer)
    meant = bookings_meant(customer, asked.slots, asked.now, topic=asked.topic)
    of_meant = [payment for payment in found if payment.order in meant.orders]
    if not of_meant and len(meant.orders) == 1:
        return payments.nothing_paid(meant.orders[0])
    if asked.slots.wishes.reference and not meant.orders:
        return mine.no_such_booking()
    found = of_meant if asked.slots.wishes.reference else of_meant or found
    if not found:
        return payments.none_known()
    return payments.told(found, holds_of(customer, asked.now), asks_twice=bool(_TWICE.search(asked.message)))
