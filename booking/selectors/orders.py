"""Whose orders are these? Reads for customers, who never see each other's."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import User
from booking.models import Order, OrderPart, OrderSeat, RefundOffer, Stop

_NEEDED = (
    "inventory__departure__train",
    "inventory__performance__show",
    "inventory__performance__hall__venue",
)


def parts_of(order: Order) -> list[OrderPart]:
    """The order's parts in the order of travel, with their inventories; read at most once."""
    prefetch_related_objects([order], Prefetch("parts", OrderPart.objects.select_related("inventory")))
    return list(order.parts.all())


def know_rows(order: Order, parts: Sequence[OrderPart], seats: Sequence[OrderSeat]) -> None:
    """What was just written need not be read to be shown."""
    cache: dict[str, QuerySet] = {"parts": order.parts.get_queryset(), "seats": order.seats.get_queryset()}
    cache["parts"]._result_cache, cache["seats"]._result_cache = list(parts), list(seats)
    order._prefetched_objects_cache = cache  # type: ignore[attr-defined]


def seats_of_part(order: Order, part: OrderPart) -> list[OrderSeat]:
    """The seats of one of the order's parts, cancelled ones too; an order's seats are read at most once."""
    prefetch_related_objects([order], Prefetch("seats", OrderSeat.objects.select_related("part")))
    return [seat for seat in order.seats.all() if seat.part_id == part.pk]


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
    return _found(customer, parts__hold_id=hold_id)


def refund_offer_of(*, order: Order, offer_id: UUID) -> RefundOffer:
    """An offer that was made for this order.

    Raises:
        Http404: there is none, or it is another order's.
    """
    offer = RefundOffer.objects.filter(order=order, pk=offer_id).first()
    if offer is None:
        raise Http404(_("There is no such offer."))
    return offer


def _orders(customer: User) -> QuerySet[Order]:
    stops = Prefetch("inventory__departure__train__stops", Stop.objects.select_related("station"))
    parts = Prefetch("parts", OrderPart.objects.select_related(*_NEEDED).prefetch_related(stops))
    seats = Prefetch("seats", OrderSeat.objects.select_related("part"))
    return Order.objects.filter(customer=customer).prefetch_related(parts, seats)


def _found(customer: User, **wanted: object) -> Order:
    order = _orders(customer).filter(**wanted).first()
    if order is None:
        raise Http404(_("You have no such order."))
    return order
