"""May a train have other coaches than those in which seats are sold? Not if a passenger would have no seat any more."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from booking.errors import DomainError
from booking.models import Coach, CoachLayout, Order, OrderSeat, Train
from booking.trains.coachplan import parse_coach_plan

S = Order.Status

_LIVE = (S.DRAFT, S.AWAITING_PAYMENT, S.CONFIRMING, S.CONFIRMED, S.PARTLY_CANCELLED)
# A train that set out so long ago has arrived.
_LONGEST_RUN = timedelta(days=7)


class SmallerThanSold(DomainError):
    """Seats that somebody has a ticket for, or is paying, would be gone."""

    code = "smaller-than-sold"
    title = gettext_noop("Seats that are sold would be gone")

    def __init__(self, train: Train, seats: Collection[str]) -> None:
        few = ", ".join(sorted(seats)[:5])
        super().__init__(
            _("Seat %(few)s of %(train)s is sold on a run to come; its coaches must keep it.")
            % {"few": few, "train": train}
        )
        self.seats = tuple(sorted(seats))


def check_seats_are_kept(*, train: Train, seats: Collection[str], now: datetime) -> None:
    """Whether every seat that is sold or held on the train's runs to come is among these, by name.

    Raises:
        SmallerThanSold: one is not.
    """
    sold = OrderSeat.objects.filter(
        part__inventory__departure__train=train,
        part__inventory__departure__date__gte=(now - _LONGEST_RUN).date(),
        order__status__in=_LIVE,
        cancelled_at=None,
    )
    gone = set(sold.values_list("name", flat=True).distinct()) - set(seats)
    if gone:
        raise SmallerThanSold(train, gone)


def seats_of_coaches(coaches: Iterable[tuple[str, CoachLayout]]) -> set[str]:
    """Names of the seats in coaches of these labels and layouts.

    Raises:
        PlanError: a layout cannot be read.
    """
    return {f"{label}-{seat.label}" for label, layout in coaches for seat in parse_coach_plan(layout.plan)}


def check_layout_keeps_seats(*, layout: CoachLayout, now: datetime) -> None:
    """As check_seats_are_kept, for every train that has coaches drawn like this; `layout` need not be saved yet.

    Raises:
        SmallerThanSold, PlanError
    """
    for train in Train.objects.filter(coaches__layout=layout).distinct():
        coaches = Coach.objects.filter(train=train).select_related("layout")
        drawn = [(coach.label, layout if coach.layout_id == layout.pk else coach.layout) for coach in coaches]
        check_seats_are_kept(train=train, seats=seats_of_coaches(drawn), now=now)
