"""How does a journey or a show get into a customer's calendar? As an iCalendar file (RFC 5545), zones included."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from icalendar import Calendar, Event


@dataclass(frozen=True, slots=True)
class Appointment:
    """One journey or show of a booking. Times are in the zones of their places.

    `uid` stays the same and `sequence` grows when it changes, so that a calendar replaces what it has.
    """

    uid: str
    sequence: int
    summary: str
    location: str
    description: str
    starts_at: datetime
    ends_at: datetime
    cancelled: bool


def calendar_file(appointments: Sequence[Appointment], *, made_at: datetime) -> bytes:
    """A .ics with every appointment and a VTIMEZONE for every zone they name."""
    calendar = Calendar()
    calendar.add("prodid", "-//Ticketsite//Tickets//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for appointment in appointments:
        calendar.add_component(_event(appointment, made_at))
    if appointments:
        # The clocks' changes of the years around; all that are known would be ten times as long as the rest.
        first = min(appointment.starts_at for appointment in appointments).year - 1
        last = max(appointment.ends_at for appointment in appointments).year + 1
        calendar.add_missing_timezones(first_date=date(first, 1, 1), last_date=date(last, 12, 31))
    return calendar.to_ical()


def _event(appointment: Appointment, made_at: datetime) -> Event:
    event = Event()
    event.add("uid", appointment.uid)
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", made_at.astimezone(UTC))
    event.add("dtstart", appointment.starts_at)
    event.add("dtend", appointment.ends_at)
    event.add("summary", appointment.summary)
    event.add("location", appointment.location)
    event.add("description", appointment.description)
    event.add("status", "CANCELLED" if appointment.cancelled else "CONFIRMED")
    event.add("transp", "OPAQUE")
    return event
