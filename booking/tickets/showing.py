"""What does a ticket's row say, in words and times: for a page, on paper, in a calendar, to a scanner?"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from booking.itinerary import Itinerary, itinerary, zone_names
from booking.models import Inventory, Order, Stop, Ticket
from booking.tickets.calendar import Appointment
from booking.tickets.payload import TicketFacts
from booking.tickets.printed import Call, PrintedTicket
from booking.tickets.signing import signed_text
from booking.trains.fare_table import ADULT
from booking.trains.timetable import stops_of

# Shows whose length nobody entered, and which a calendar must give one.
_SHORTEST = timedelta(minutes=1)


def good_tickets(order: Order) -> QuerySet[Ticket]:
    """An order's tickets that are not void, with all that showing them needs."""
    return with_offerings(Ticket.objects.filter(order=order, voided_at=None)).order_by("number")


def with_offerings(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    stops = Prefetch("inventory__departure__train__stops", Stop.objects.select_related("station"))
    return tickets.select_related(
        "order",
        "seat",
        "inventory__departure__train__carrier",
        "inventory__performance__show",
        "inventory__performance__hall__venue",
    ).prefetch_related(stops, "inventory__departure__train__carrier__passenger_types")


def itinerary_of(ticket: Ticket) -> Itinerary:
    return itinerary(inventory=ticket.inventory, first_leg=ticket.first_leg, end_leg=ticket.end_leg)


def printed(ticket: Ticket) -> PrintedTicket:
    """All that is printed on a ticket."""
    journey = itinerary_of(ticket)
    return PrintedTicket(
        title=journey.title,
        start=Call(journey.place, journey.starts_at),
        end=None if journey.ends_at is None else Call(journey.destination, journey.ends_at),
        seat=ticket.seat_name,
        zone=zone_names(ticket.inventory.plan_id).get(ticket.zone, ticket.zone),
        passenger=_passenger(ticket),
        price=ticket.seat.price,
        code=ticket.code,
        booking=ticket.order.reference,
        qr_text=signed_text(facts_of(ticket, journey.starts_at)),
        notice=journey.notice,
    )


def _passenger(ticket: Ticket) -> str:
    """By name, if the customer gave one, and what reduction they travel with."""
    kind = passenger_names(ticket.inventory).get(ticket.passenger_type, "")
    return ", ".join(filter(None, (ticket.seat.passenger_name, kind)))


def passenger_names(inventory: Inventory) -> dict[str, str]:
    """Names of those who travel, by code. At a show everybody is alike."""
    if not inventory.is_train:
        return {}
    types = inventory.departure.train.carrier.passenger_types.all()
    return {ADULT: _("Adult"), **{each.code: each.name for each in types}}


def station_names(inventory: Inventory) -> list[str]:
    """Where a run stops, in order: leg k leads from the k-th to the next. A show stops nowhere."""
    return [str(stop.station) for stop in stops_of(inventory.departure.train)] if inventory.is_train else []


def facts_of(ticket: Ticket, starts_at: datetime) -> TicketFacts:
    return TicketFacts(
        code=ticket.code,
        inventory=ticket.inventory_id,
        seat=ticket.seat_name,
        zone=ticket.zone,
        passenger_type=ticket.passenger_type,
        first_leg=ticket.first_leg,
        end_leg=ticket.end_leg,
        starts_at=starts_at,
    )


def appointments(order: Order, *, host: str) -> list[Appointment]:
    """The journeys and shows of an order for a calendar, cancelled ones as such.

    `host` is this site's name, which makes their ids unique in the world.
    """
    tickets = list(with_offerings(Ticket.objects.filter(order=order)).order_by("number"))
    by_part: dict[int, list[Ticket]] = {}
    for ticket in tickets:
        by_part.setdefault(ticket.seat.part_id, []).append(ticket)
    return [_appointment(order, part, of_part, host) for part, of_part in by_part.items()]


def _appointment(order: Order, part: int, tickets: Sequence[Ticket], host: str) -> Appointment:
    good = [ticket for ticket in tickets if ticket.voided_at is None]
    latest = (good or list(tickets))[-1]
    journey = itinerary_of(latest)
    summary = journey.title
    if journey.is_journey:
        summary = _("%(train)s to %(destination)s") % {"train": journey.title, "destination": journey.destination}
    return Appointment(
        uid=f"{order.reference}-{part}@{host}",
        # Each void ticket was a change.
        sequence=len(tickets) - len(good),
        summary=summary,
        location=journey.place,
        description=_("Booking %(reference)s. %(seats)s.")
        % {"reference": order.reference, "seats": _seats(good or tickets)},
        starts_at=journey.starts_at,
        ends_at=ends_at(latest.inventory, journey),
        cancelled=not good,
    )


def ends_at(inventory: Inventory, journey: Itinerary) -> datetime:
    """When the journey is over, or the show, as far as anybody can say before."""
    if journey.ends_at is not None:
        return journey.ends_at
    return journey.starts_at + max(timedelta(minutes=inventory.performance.show.duration_minutes), _SHORTEST)


def _seats(tickets: Iterable[Ticket]) -> str:
    names = [ticket.seat_name for ticket in tickets]
    return ngettext("Seat %(names)s", "Seats %(names)s", len(names)) % {"names": ", ".join(names)}
