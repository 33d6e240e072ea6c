"""What are replies made of? A text, links to go on with, and how money, times and offerings are written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from moneyed import Money

from booking.models import Performance
from booking.selectors import Trip
from booking.templatetags import booking_format as written

MAX_LISTED = 8


@dataclass(frozen=True, slots=True)
class Suggestion:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Reply:
    text: str
    suggestions: tuple[Suggestion, ...] = ()


def money(price: Money) -> str:
    return written.money(price)


def clock(moment: datetime) -> str:
    return f"{moment:%a %d %b %H:%M} {written.zone(moment)}"


def day_name(day: date) -> str:
    return f"{day:%a %d %b %Y}"


def listed(lines: Iterable[str]) -> str:
    return "\n".join(f"• {line}" for line in lines)


def prices_of(performance: Performance) -> str:
    return ", ".join(f"{price.zone.name} {money(price.price)}" for price in performance.prices.all())


def when_and_where(performance: Performance) -> str:
    venue = performance.hall.venue
    return f"{clock(performance.starts_at.astimezone(venue.zone))}, {performance.hall.name}, {venue.name}, {venue.city}"


def performance_link(performance: Performance) -> Suggestion:
    starts = performance.starts_at.astimezone(performance.hall.venue.zone)
    label = f"Seats for {performance.show.title}, {starts:%a %d %b %H:%M}"
    return Suggestion(label, reverse("booking:performance", args=[performance.pk]))


def trip_link(trip: Trip) -> Suggestion:
    ends = [trip.board.station.code, trip.alight.station.code]
    label = f"Seats on {trip.departure.train.number}, {trip.board.departs_at:%a %d %b %H:%M}"
    return Suggestion(label, reverse("booking:departure", args=[trip.departure.pk, *ends]))


def trip_line(trip: Trip) -> str:
    fares = trip.fares.values()
    fare = f", from {money(min(fares))}" if fares else ""
    return (
        f"{trip.departure.train}: {trip.board.station.name} {clock(trip.board.departs_at)} → "
        f"{trip.alight.station.name} {clock(trip.alight.arrives_at)}{fare}"
    )


def home_link() -> Suggestion:
    return Suggestion("Search for trains", reverse("booking:home"))


def shows_link() -> Suggestion:
    return Suggestion("All shows", reverse("booking:shows"))


def bookings_link() -> Suggestion:
    return Suggestion("My bookings", reverse("booking:orders"))


def together(replies: Sequence[Reply]) -> Reply:
    return Reply(
        "\n\n".join(reply.text for reply in replies), tuple(link for reply in replies for link in reply.suggestions)
    )
