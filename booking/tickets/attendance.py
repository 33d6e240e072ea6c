"""Who is expected at an entrance, and who has come?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from booking.itinerary import itinerary, zone_names
from booking.models import Admission, Departure, Inventory, Performance, Ticket
from booking.tickets.showing import passenger_names, station_names
from booking.trains.timetable import STOPS_OF_DEPARTURES

# Doors open long before a show begins, and a train is boarded for as long as it runs.
BEFORE, AFTER = timedelta(hours=24), timedelta(hours=12)
LONGEST_RUN = timedelta(days=3)
MOST_ENTRANCES = 50
RECENT = 10

_IN_FORCE = Prefetch(
    "admissions", Admission.objects.filter(undone_at=None).select_related("by"), to_attr="admissions_in_force"
)


@dataclass(frozen=True, slots=True)
class Attendance:
    """How many tickets are good, and with how many of them somebody has come."""

    expected: int
    admitted: int


@dataclass(frozen=True, slots=True)
class Entrance:
    """A performance or a run that people are let in to; its time is in the zone of the hall or the first station."""

    inventory: str
    title: str
    place: str
    starts_at: datetime
    notice: str
    attendance: Attendance


@dataclass(frozen=True, slots=True)
class Guest:
    """A line of the list at an entrance, with the names of the stations between which a passenger travels."""

    code: str
    seat: str
    zone: str
    passenger: str
    origin: str
    destination: str
    admission: Admission | None


def entrances(*, now: datetime, query: str = "") -> list[Entrance]:
    """What people may be arriving for about now, soonest first; at most MOST_ENTRANCES of each kind.

    `query` narrows them to names and numbers that contain it.
    """
    named = Q(show__title__icontains=query) | Q(hall__name__icontains=query) | Q(hall__venue__name__icontains=query)
    performances = Performance.objects.filter(
        named, starts_at__gte=now - AFTER, starts_at__lte=now + BEFORE, inventory__isnull=False
    ).select_related("inventory", "show", "hall__venue")
    running = Q(train__number__icontains=query) | Q(train__name__icontains=query)
    departures = (
        Departure.objects.filter(
            running, date__gte=(now - LONGEST_RUN).date(), date__lte=(now + BEFORE).date(), inventory__isnull=False
        )
        .select_related("inventory", "train")
        .prefetch_related(STOPS_OF_DEPARTURES)
    )
    # Where people have tickets for.
    sold = Exists(Ticket.objects.filter(inventory=OuterRef("inventory"), voided_at=None))
    offerings: list[Departure | Performance] = [
        *performances.filter(sold).order_by("starts_at")[:MOST_ENTRANCES],
        *departures.filter(sold).order_by("date", "train__number")[:MOST_ENTRANCES],
    ]
    found = [each.inventory for each in offerings if each.inventory is not None]
    counts = _attendances(found)
    return sorted((_entrance(each, counts[each.pk]) for each in found), key=lambda entrance: entrance.starts_at)


def entrance_of(inventory: Inventory) -> Entrance:
    return _entrance(inventory, _attendances([inventory])[inventory.pk])


def recent_admissions(inventory: Inventory) -> QuerySet[Admission]:
    """The last few, newest first; undone ones are left out."""
    admissions = Admission.objects.filter(ticket__inventory=inventory, undone_at=None)
    return admissions.select_related("ticket__order", "by").order_by("-at", "-id")[:RECENT]


def guests(inventory: Inventory) -> Iterable[Guest]:
    """Everybody with a good ticket, by seat as people count seats."""
    tickets = Ticket.objects.filter(inventory=inventory, voided_at=None).select_related("order")
    names, passengers, stations = zone_names(inventory.plan_id), passenger_names(inventory), station_names(inventory)
    found = [
        Guest(
            code=ticket.code,
            seat=ticket.seat_name,
            zone=names.get(ticket.zone, ticket.zone),
            passenger=passengers.get(ticket.passenger_type, ""),
            origin=stations[ticket.first_leg] if stations else "",
            destination=stations[ticket.end_leg] if stations else "",
            admission=next(iter(ticket.admissions_in_force), None),
        )
        for ticket in tickets.prefetch_related(_IN_FORCE)
    ]
    return sorted(found, key=lambda guest: (len(guest.seat), guest.seat, guest.code))


def _attendances(inventories: Iterable[Inventory]) -> dict[str, Attendance]:
    ids = [inventory.pk for inventory in inventories]
    good = Ticket.objects.filter(inventory__in=ids, voided_at=None).order_by()
    came = Count("admissions", filter=Q(admissions__undone_at=None))
    rows = good.values("inventory").annotate(expected=Count("pk", distinct=True), admitted=came)
    found = {row["inventory"]: Attendance(row["expected"], row["admitted"]) for row in rows}
    return {each: found.get(each, Attendance(0, 0)) for each in ids}


def _entrance(inventory: Inventory, attendance: Attendance) -> Entrance:
    what = itinerary(inventory=inventory, first_leg=0, end_leg=inventory.legs)
    return Entrance(inventory.pk, what.title, what.place, what.starts_at, what.notice, attendance)
