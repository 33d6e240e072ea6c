"""Whose payments are these? Reads for customers, who never see each other's."""

from uuid import UUID

from django.http import Http404

from accounts.models import User
from payments.models import Payment


def payment_of(*, customer: User, payment_id: UUID | str) -> Payment:
    """One payment of the customer's, with its order and refunds.

    Raises:
        Http404: there is none, or it is somebody else's.
    """
    mine = Payment.objects.filter(pk=payment_id, order__customer=customer)
    payment = mine.select_related("order").prefetch_related("refunds").first()
    if payment is None:
        raise Http404("You have no such payment.")
    return payment
