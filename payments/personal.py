"""What does the money keep of a person? Payments and refunds, which stay for the books (accounts/rooms.py)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from payments.models import Payment, Refund
from payments.selectors import payments_of


def hand_over(*, guests: Collection[User], to: User) -> None:
    """Nothing: a payment belongs to its order."""


def kept_of(*, person: User) -> dict[str, Any]:
    return {
        "payments": [
            {"booking": payment.order.reference, "made": payment.created_at, "status": payment.status}
            | {"amount": payment.amount, "currency": payment.currency, "paid_with": payment.paid_with}
            | {
                "refunds": [
                    {"amount": refund.amount, "fee": refund.fee, "status": refund.status, "made": refund.created_at}
                    for refund in payment.refunds.all()
                ]
            }
            for payment in payments_of(customer=person)
        ]
    }


def unfinished(*, person: User, now: datetime) -> list[str]:
    under_way = Refund.objects.filter(
        payment__order__customer=person, status__in=[Refund.Status.CREATED, Refund.Status.IN_TRANSIT]
    )
    return [
        _("%(amount)s of booking %(code)s are on their way back to you.")
        % {"amount": refund.price, "code": refund.payment.order.reference}
        for refund in under_way.select_related("payment__order")
    ]


def forget(*, person: User) -> None:
    """What was paid stays; which card or account it came from goes. The gateway's reference finds it, if it must be."""
    Payment.objects.filter(order__customer=person).update(card_last4="", card_expiry="", upi_id="")
