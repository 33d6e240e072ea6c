"""What can be bought? Stations, trips between two of them, shows and their performances."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Date
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Min, Prefetch, Q, QuerySet, When
from django.http import Http404
from django.utils.translation import gettext as _
from moneyed import Money

from booking.models import (
    Departure,
    Inventory,
    Performance,
    PerformancePrice,
    Show,
    Station,
    Stop,
)
from booking.seatstore import Availability
from booking.trains.fare_table import FareTable, fare_table
from booking.trains.timetable import STOPS_OF_DEPARTURES, StopTime, stop_times

_MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Trip:
    """A departure as seen by somebody who boards at one stop and alights at another.

    `zones` are the classes of this train, best first: [{"code", "name"}]; `fares` has a price for each by code.
    Legs are the half-open range [first_leg, end_leg) that such a journey takes.
    """

    departure: Departure
    inventory: Inventory
    board: StopTime
    alight: StopTime
    fares: Mapping[str, Money]
    zones: Sequence[Mapping[str, str]]

    @property
    def first_leg(self) -> int:
        return self.board.position

    @property
    def end_leg(self) -> int:
        return self.alight.position

    @property
    def duration(self) -> timedelta:
        return self.alight.arrives_at - self.board.departs_at


# --- Trains ---------------------------------------------------------------------------------------


def find_stations(*, query: str = "", limit: int = 20) -> list[Station]:
    """Stations whose code, name or city matches, the exact code first, then names that begin so."""
    wanted = query.strip()
    matches = Q(code__istartswith=wanted) | Q(name__icontains=wanted) | Q(city__icontains=wanted)
    closeness = Case(
        When(code__iexact=wanted, then=0),
        When(Q(name__istartswith=wanted) | Q(city__istartswith=wanted), then=1),
        default=2,
        output_field=IntegerField(),
    )
    return list(Station.objects.filter(matches).order_by(closeness, "name")[:limit])


def search_trips(*, origin: Station, destination: Station, date: Date, now: datetime) -> list[Trip]:
    """Trips that leave the origin on that local date and are still for sale, earliest first.

    A train that set out the day before and calls at the origin after midnight is found under the later date.
    """
    calls = Stop.objects.filter(
        station=origin, train__stops__station=destination, train__stops__position__gt=F("position")
    )
    wanted = Q(pk__in=[])
    for train, minute in calls.values_list("train", "departure_minute").distinct():
        set_out = _days_later(date, -(minute // _MINUTES_A_DAY))
        # The first station's zone may be a day ahead or behind the origin's: the exact date is checked below.
        wanted |= Q(train=train, date__range=(_days_later(set_out, -1), _days_later(set_out, 1)))
    departures = _with_zones(Departure.objects.filter(wanted, inventory__state=Inventory.State.OPEN))
    table = fare_table(origin, destination)
    trips = []
    for departure in departures:
        ends = _ends(departure, origin, destination)
        if ends and ends[0].departs_at.date() == date and ends[0].departs_at > now:
            trips.append(_trip(departure, *ends, table))
    return sorted(trips, key=lambda trip: trip.board.departs_at)


def trip_of(*, departure: Departure, origin: Station, destination: Station) -> Trip:
    """The trip from origin to destination with this departure, whether or not it is on sale.

    Raises:
        Http404: it was never on sale, or does not run from origin to destination.
    """
    found = _with_zones(Departure.objects.filter(pk=departure.pk, inventory__isnull=False)).first()
    ends = _ends(found, origin, destination) if found else None
    if found is None or ends is None:
        raise Http404(_("This train does not run between these stations."))
    return _trip(found, *ends, fare_table(origin, destination))


def _days_later(date: Date, days: int) -> Date:
    """At most the last and at least the first day of the calendar, for somebody may ask for these."""
    return Date.fromordinal(min(max(date.toordinal() + days, Date.min.toordinal()), Date.max.toordinal()))


def _with_zones(departures: QuerySet[Departure]) -> QuerySet[Departure]:
    """With train, stops and inventory; of the plan only its zones, for the drawing itself is large."""
    return (
        departures.select_related("train", "inventory")
        .prefetch_related(STOPS_OF_DEPARTURES)
        .annotate(plan_zones=F("inventory__plan__layout__zones"))
    )


def _ends(departure: Departure, origin: Station, destination: Station) -> tuple[StopTime, StopTime] | None:
    """Where to board and alight: the first call at the destination and the last one at the origin before it."""
    board = None
    for stop in stop_times(departure):
        if stop.station == destination and stop.can_alight and board:
            return board, stop
        if stop.station == origin and stop.can_board:
            board = stop
    return None


def _trip(departure: Any, board: StopTime, alight: StopTime, table: FareTable) -> Trip:
    known = table.fares(departure.train, alight.distance_km - board.distance_km)
    zones = [zone for zone in departure.plan_zones if zone["code"] in known]
    fares = {zone["code"]: known[zone["code"]] for zone in zones}
    return Trip(departure, departure.inventory, board, alight, fares, zones)


# --- Shows ----------------------------------------------------------------------------------------


def upcoming_shows(*, now: datetime) -> QuerySet[Show]:
    """Shows with a performance on sale, soonest first, with `next_starts_at` and `performance_count`.

    `lowest_price` is in `currency` if there is only one: `currencies` says how many.
    """
    on_sale = Q(performances__inventory__state=Inventory.State.OPEN, performances__starts_at__gt=now)
    on_sale &= Q(performances__sale_ends_at=None) | Q(performances__sale_ends_at__gt=now)
    return (
        Show.objects.filter(on_sale)
        .annotate(
            next_starts_at=Min("performances__starts_at"),
            performance_count=Count("performances", distinct=True),
            lowest_price=Min("performances__prices__amount"),
            currency=Min("performances__prices__currency"),
            currencies=Count("performances__prices__currency", distinct=True),
        )
        .order_by("next_starts_at", "title")
    )


def upcoming_performances(*, now: datetime, show: Show | None = None) -> QuerySet[Performance]:
    """Performances on sale, now or later, with show, venue and prices (best zone first); soonest first."""
    ends_later = Q(sale_ends_at=None) | Q(sale_ends_at__gt=now)
    performances = Performance.objects.filter(ends_later, inventory__state=Inventory.State.OPEN, starts_at__gt=now)
    if show is not None:
        performances = performances.filter(show=show)
    return (
        performances.select_related("show", "hall__venue", "inventory")
        .prefetch_related(
            Prefetch("prices", PerformancePrice.objects.select_related("zone").order_by("zone__rank", "zone__code"))
        )
        .order_by("starts_at", "pk")
    )


def show_with_performances(*, slug: str, now: datetime) -> tuple[Show, list[Performance]]:
    """A show and its performances on sale, which may be none.

    Raises:
        Http404: there is no such show.
    """
    show = Show.objects.filter(slug=slug).first()
    if show is None:
        raise Http404(_("There is no such show."))
    return show, list(upcoming_performances(now=now, show=show))


# --- Free seats -----------------------------------------------------------------------------------


def count_free(layout: Mapping[str, Any], availability: Availability, first_leg: int, end_leg: int) -> dict[str, int]:
    """Seats that are free on every leg of [first_leg, end_leg), by zone code; a zone that is sold out counts 0."""
    taken = availability.taken(first_leg, end_leg)
    free = Counter(
        seat["zone"] for section in layout["sections"] for seat in section["seats"] if seat["name"] not in taken
    )
    return {zone["code"]: free[zone["code"]] for zone in layout["zones"]}
