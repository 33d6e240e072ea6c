"""What is on, where and when? From the performances that are announced, as on the page of shows."""

from collections.abc import Sequence
from datetime import datetime

from assistant.dates import DayMention
from assistant.hours import Hours
from assistant.names import Place
from booking.errors import InventoryNotOnSale
from booking.models import Inventory, Performance, Show
from booking.selectors import upcoming_performances

from .days import days_at


def performances(
    *,
    shows: Sequence[Show] = (),
    near: Place | None = None,
    day: DayMention | None,
    now: datetime,
    hours: Hours | None = None,
) -> list[Performance]:
    """Performances on sale, soonest first: of these shows, in that city, on that day and in those hours at the venue.

    Raises:
        NoSuchDay: the calendar has no such day.
    """
    found = upcoming_performances(now=now)
    if shows:
        found = found.filter(show__in=shows)
    if near:
        found = found.filter(hall__venue__city__in=near.cities)
    if near and near.venue:
        found = found.filter(hall__venue__name=near.venue)
    if near and near.hall:
        found = found.filter(hall__name=near.hall)
    on_day = [performance for performance in found if day is None or _is_on(performance, day, now)]
    return [performance for performance in on_day if hours is None or hours.holds(_local_start(performance))]


def seats_of(performance: Performance) -> Inventory:
    """
    Raises:
        InventoryNotOnSale: it has none.
    """
    if performance.inventory is None:
        raise InventoryNotOnSale
    return performance.inventory


def _is_on(performance: Performance, day: DayMention, now: datetime) -> bool:
    return _local_start(performance).date() in days_at(performance.hall.venue, day, now)


def _local_start(performance: Performance) -> datetime:
    return performance.starts_at.astimezone(performance.hall.venue.zone)
