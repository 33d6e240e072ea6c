"""Which runs that are on sale does the feed not have any more? Its trip is gone, takes another way, or another day.

An import cancels nothing: somebody may have a ticket. It says which runs these are, and takes those that nobody has a
seat of off sale if it is asked to.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date as Date
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Count, Q, QuerySet

from booking.gtfs.writing import BATCH
from booking.models import Departure, Inventory, Order
from booking.selling.publishing import withdraw

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

S = Order.Status

# Whoever has, or is just buying, a seat.
_HAVE_SEATS = (S.DRAFT, S.AWAITING_PAYMENT, S.CONFIRMING, S.CONFIRMED, S.PARTLY_CANCELLED, S.NEEDS_ATTENTION)
_ON_SALE = (Inventory.State.PUBLISHING, Inventory.State.OPEN)


class _Counted(TypedDict):
    seats_gone: int


@dataclass(frozen=True, slots=True)
class Dropped:
    """A run on sale that the feed does not have; somebody has, or is buying, so many seats of it."""

    inventory: str
    name: str
    date: Date
    seats: int


def dropped_runs(feed: str, *, now: datetime) -> list[Dropped]:
    """Runs to come of the trains that came with this feed, soonest first. Call it when the trains are written."""
    runs = _on_sale(now).filter(train__source__startswith=f"{feed}:").select_related("train__calendar")
    return [_dropped(run) for run in _gone(_with_seats(runs).prefetch_related("train__calendar__exceptions"))]


def _dropped(run: "WithAnnotations[Departure, _Counted]") -> Dropped:
    assert run.inventory_id is not None, "it is on sale"
    return Dropped(run.inventory_id, str(run.train), run.date, run.seats_gone)


def take_off_sale(dropped: Iterable[Dropped], *, now: datetime) -> list[Dropped]:
    """Those of which nobody has a seat; the seat store is told by `publish_due`. Returns which.

    Whoever buys a seat in this very moment keeps it: what is off sale may be sold.
    """
    asked = {run.inventory: run for run in dropped}
    free = _with_seats(_on_sale(now).filter(inventory__in=asked)).filter(seats_gone=0).select_related("inventory")
    taken = []
    for run in free:
        assert run.inventory is not None, "it is on sale"
        withdraw(inventory=run.inventory, ask_store=False)
        taken.append(asked[run.inventory.pk])
    return taken


def _on_sale(now: datetime) -> QuerySet[Departure]:
    return Departure.objects.filter(
        date__gte=now.date(), state=Departure.State.SCHEDULED, inventory__state__in=_ON_SALE
    ).order_by("date", "pk")


def _with_seats(runs: QuerySet[Departure]) -> "QuerySet[WithAnnotations[Departure, _Counted]]":
    live = Q(inventory__order_parts__seats__cancelled_at=None, inventory__order_parts__order__status__in=_HAVE_SEATS)
    return runs.annotate(seats_gone=Count("inventory__order_parts__seats", filter=live))


def _gone(
    runs: "QuerySet[WithAnnotations[Departure, _Counted]]",
) -> "Iterator[WithAnnotations[Departure, _Counted]]":
    """A run was announced because its train ran on that day; without a calendar it runs every day."""
    for run in runs.iterator(chunk_size=BATCH):
        train = run.train
        if not train.is_running or (train.calendar is not None and not train.calendar.runs_on(run.date)):
            yield run
