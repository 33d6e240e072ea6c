"""What are replies made of? A text, what to go on with, and how money, times and offerings are written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from moneyed import Money

from booking.models import Order, Performance
from booking.selectors import Trip
from booking.templatetags import booking_format as written

MAX_LISTED = 8


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A button: a page of this site to open (`url`), or words to say next (`say`)."""

    label: str
    url: str = ""
    say: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """What a program would send to do what was prepared. Nothing has been sent; whoever sends it confirms it."""

    method: str
    path: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """`asked` is what the customer is asked for, `offered` the keys (options.py) of what was listed to choose from,
    and `about` the key of the one thing that it is about."""

    text: str
    suggestions: tuple[Suggestion, ...] = ()
    actions: tuple[Action, ...] = ()
    asked: str = ""
    offered: tuple[str, ...] = field(default=())
    about: str = ""


def money(price: Money) -> str:
    return written.money(price)


def clock(moment: datetime) -> str:
    # Translators: a day and a time, in the letters of Django's date filter.
    return f"{dateformat.format(moment, pgettext('date', 'D j M H:i'))} {written.zone(moment)}"


def day_name(day: date) -> str:
    return written.day(datetime(day.year, day.month, day.day))  # noqa: DTZ001 - a date has no zone


def listed(lines: Iterable[str]) -> str:
    return "\n".join(f"• {line}" for line in lines)


def joined(words: Sequence[str]) -> str:
    """A, B and C."""
    if len(words) < 2:
        return "".join(words)
    return _("%(most)s and %(last)s") % {"most": ", ".join(words[:-1]), "last": words[-1]}


def prices_of(performance: Performance) -> str:
    return ", ".join(f"{price.zone.name} {money(price.price)}" for price in performance.prices.all())


def when_and_where(performance: Performance) -> str:
    venue = performance.hall.venue
    return f"{clock(performance.starts_at.astimezone(venue.zone))}, {performance.hall.name}, {venue.name}, {venue.city}"


def performance_link(performance: Performance) -> Suggestion:
    starts = performance.starts_at.astimezone(performance.hall.venue.zone)
    label = _("Seats for %(show)s, %(when)s") % {"show": performance.show.title, "when": clock(starts)}
    return Suggestion(label, reverse("booking:performance", args=[performance.pk]))


def trip_url(trip: Trip) -> str:
    ends = [trip.board.station.code, trip.alight.station.code]
    return reverse("booking:departure", args=[trip.departure.pk, *ends])


def trip_link(trip: Trip) -> Suggestion:
    told = {"train": trip.departure.train.number, "when": clock(trip.board.departs_at)}
    return Suggestion(_("Seats on %(train)s, %(when)s") % told, trip_url(trip))


def trip_line(trip: Trip) -> str:
    fares = trip.fares.values()
    fare = ", " + _("from %(price)s") % {"price": money(min(fares))} if fares else ""
    notice = f" {trip.departure.notice}" if trip.departure.notice else ""
    return (
        f"{trip.departure.train}: {trip.board.station.name} {clock(trip.board.departs_at)} → "
        f"{trip.alight.station.name} {clock(trip.alight.arrives_at)} ({written.span(trip.duration)}){fare}.{notice}"
    )


def day_buttons() -> tuple[Suggestion, ...]:
    return (Suggestion(_("Today"), say="today"), Suggestion(_("Tomorrow"), say="tomorrow"))


def home_link() -> Suggestion:
    return Suggestion(_("Search for trains"), reverse("booking:home"))


def shows_link() -> Suggestion:
    return Suggestion(_("All shows"), reverse("booking:shows"))


def bookings_link() -> Suggestion:
    return Suggestion(_("My bookings"), reverse("booking:orders"))


def booking_link(order: Order) -> Suggestion:
    label = _("Booking %(code)s") % {"code": order.reference}
    return Suggestion(label, reverse("booking:order", args=[order.reference]))


def log_in_link(then: str) -> Suggestion:
    return Suggestion(_("Log in"), f"{reverse('account_login')}?{urlencode({'next': then})}")


def together(replies: Sequence[Reply]) -> Reply:
    return Reply(
        "\n\n".join(reply.text for reply in replies),
        tuple(link for reply in replies for link in reply.suggestions),
        about=replies[0].about if len(replies) == 1 else "",
    )
