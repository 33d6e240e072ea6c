"""Whose payments are these? Reads for customers, who never see each other's."""

from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import User
from booking.models import Order
from booking.selectors import orders_of
from payments.models import Payment


def payment_of(*, customer: User, payment_id: UUID | str) -> Payment:
    """One payment of the customer's, with its order and refunds.

    Raises:
        Http404: there is none, or it is somebody else's.
    """
    mine = Payment.objects.filter(pk=payment_id, order__customer=customer)
    payment = mine.select_related("order").prefetch_related("refunds").first()
    if payment is None:
        raise Http404(_("You have no such payment."))
    return payment


def payments_of(*, customer: User) -> QuerySet[Payment]:
    """All of the customer's payments, newest first, with what came back of each."""
    mine = Payment.objects.filter(order__customer=customer).order_by("-created_at", "-id")
    return mine.prefetch_related(Prefetch("order", orders_of(customer)), "refunds")


def waiting_payment_of(*, order: Order) -> Payment | None:
    """The order's payment that waits for the customer or the bank, if there is one."""
    return Payment.objects.filter(order=order, status=Payment.Status.REQUIRES_ACTION).select_related("order").first()
