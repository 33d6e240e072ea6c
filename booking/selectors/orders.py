"""Whose orders are these? Reads for customers, who never see each other's."""

from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import Http404

from accounts.models import User
from booking.models import Order, Stop

_NEEDED = (
    "inventory__departure__train",
    "inventory__performance__show",
    "inventory__performance__hall__venue",
)


def orders_of(customer: User) -> QuerySet[Order]:
    """The customer's orders, newest first, without requests that never got a seat."""
    return _orders(customer).exclude(held_until=None).order_by("-created_at", "-id")


def order_of(*, customer: User, order_id: UUID | str | None = None, reference: str | None = None) -> Order:
    """One order of the customer's.

    Raises:
        Http404: there is none, or it is somebody else's, which is told apart to nobody.
    """
    wanted = {"reference": reference.upper()} if reference is not None else {"pk": order_id}
    return _found(customer, **wanted)


def order_of_hold(*, customer: User, hold_id: UUID | str) -> Order:
    """The customer's order that this hold belongs to.

    Raises:
        Http404: as order_of.
    """
    return _found(customer, hold_id=hold_id)


def _orders(customer: User) -> QuerySet[Order]:
    stops = Prefetch("inventory__departure__train__stops", Stop.objects.select_related("station"))
    return Order.objects.filter(customer=customer).select_related(*_NEEDED).prefetch_related("seats", stops)


def _found(customer: User, **wanted: object) -> Order:
    order = _orders(customer).filter(**wanted).first()
    if order is None:
        raise Http404("You have no such order.")
    return order
