"""Who travels? Names that a customer gives to the seats of an order, before it is paid and its tickets are made."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from booking.errors import DomainError
from booking.models import Order, OrderSeat

LONGEST_NAME = 80


class NamesAreFixed(DomainError):
    code = "names-are-fixed"
    title = gettext_noop("Passengers can be named before the order is paid")

    def __init__(self) -> None:
        super().__init__(_("The tickets are made already; their names stay as they are."))


def name_passengers(*, order: Order, names: Mapping[int, str]) -> None:
    """Write the names by the seats' rows; an empty one takes a name away, and rows of other orders are passed over.

    Raises:
        NamesAreFixed: the order does not wait to be paid.
    """
    with transaction.atomic():
        current = Order.objects.select_for_update().get(pk=order.pk)
        if current.status != Order.Status.AWAITING_PAYMENT:
            raise NamesAreFixed
        seats = [seat for seat in OrderSeat.objects.filter(order=order) if seat.pk in names]
        for seat in seats:
            seat.passenger_name = names[seat.pk].strip()[:LONGEST_NAME]
        OrderSeat.objects.bulk_update(seats, ["passenger_name"])
