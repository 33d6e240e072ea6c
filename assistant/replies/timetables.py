"""How is it put into words when a train calls where, on which days it runs, how long and how far it goes?"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from django.utils.translation import gettext as _

from assistant.names import Place
from assistant.options import thing_key
from booking.models import Departure, ServiceCalendar, Station, Stop, Train
from booking.models.carriers import WEEKDAYS
from booking.templatetags import booking_format as written
from booking.trains.run_time import run_time_text
from booking.trains.timetable import StopTime, stops_of

from .pieces import MAX_LISTED, Reply, Suggestion, clock, day_buttons, day_name, joined, listed

MAX_CALLS = 40
_MINUTES_A_DAY = 24 * 60
# A Monday, to call the days of the week by their names.
_A_MONDAY = datetime(2024, 1, 1, tzinfo=UTC)


def calls(train: Train, *, near: Place | None) -> Reply:
    """The whole timetable, or the call at one place."""
    stops = stops_of(train)
    if near is not None:
        here = [stop for stop in stops if stop.station in near.stations]
        if not here:
            told = {"train": train, "place": near.name, "stops": ", ".join(stop.station.name for stop in stops)}
            return Reply(_("No, %(train)s does not stop at %(place)s. It stops at: %(stops)s.") % told)
        stops = here
    lines = []
    for stop in stops[:MAX_CALLS]:
        told = {"station": stop.station.name, "arrives": run_time_text(stop.arrival_minute)}
        told["departs"] = run_time_text(stop.departure_minute)
        if stop.position == 0:
            lines.append(_("%(station)s: leaves %(departs)s") % told)
        elif stop.arrival_minute == stop.departure_minute:
            lines.append(_("%(station)s: arrives %(arrives)s") % told)
        else:
            lines.append(_("%(station)s: arrives %(arrives)s, leaves %(departs)s") % told)
    every = stops_of(train)
    head = _("%(train)s, from %(origin)s to %(destination)s, local times, +1 is the day after it sets out:") % {
        "train": train,
        "origin": every[0].station.name,
        "destination": every[-1].station.name,
    }
    return Reply(
        f"{head}\n{listed(lines)}\n{runs_on(train.calendar)}",
        (Suggestion(_("Trains today"), say=f"{train.number} today"),),
        about=thing_key(train),
    )


def way(train: Train, board: Stop, alight: Stop) -> Reply:
    """When it leaves here and arrives there, whatever the day; and on which days."""
    text = _(
        "%(train)s leaves %(origin)s at %(departs)s and reaches %(destination)s at %(arrives)s (%(span)s, %(km)s km), "
        "local times."
    ) % {
        "train": train,
        "origin": board.station.name,
        "destination": alight.station.name,
        "departs": run_time_text(board.departure_minute % _MINUTES_A_DAY),
        "arrives": run_time_text(alight.arrival_minute - board.departure_minute // _MINUTES_A_DAY * _MINUTES_A_DAY),
        "span": written.span(_span(board, alight)),
        "km": alight.distance_km - board.distance_km,
    }
    question = _("On which day do you want to take it?")
    return Reply(f"{text} {runs_on(train.calendar)}\n{question}", day_buttons(), asked="day")


def _span(board: Stop, alight: Stop) -> timedelta:
    """By the timetable, which counts in minutes of one zone."""
    return timedelta(minutes=alight.arrival_minute - board.departure_minute)


def runs_on(calendar: ServiceCalendar | None) -> str:
    if calendar is None or all(getattr(calendar, day) for day in WEEKDAYS):
        return _("It runs every day.")
    running = [n for n, day in enumerate(WEEKDAYS) if getattr(calendar, day)]
    names = [written.weekday(_A_MONDAY + timedelta(days=n)) for n in running]
    return _("It runs on %(days)s.") % {"days": joined(names)} if names else _("It runs on single days only.")


def days(train: Train, *, first: date | None, last: date | None) -> Reply:
    """On which days it runs, and between which its tickets are on sale."""
    text = f"{train}: {runs_on(train.calendar)} "
    if first is None or last is None:
        return Reply(text + _("No run of it is on sale now."), asked="day")
    told = {"first": day_name(first), "last": day_name(last)}
    return Reply(text + _("Runs from %(first)s to %(last)s are on sale.") % told, day_buttons(), asked="day")


def of_station(place: Place, day: date, found: Sequence[tuple[Departure, StopTime, StopTime]]) -> Reply:
    """Trains that leave there on that day: each with its call and its last stop."""
    told = {"place": place.name, "day": day_name(day)}
    if not found:
        return Reply(_("No train is on sale from %(place)s on %(day)s.") % told, day_buttons(), asked="day")
    lines = [
        f"{departure.train}: {call.station.name} {clock(call.departs_at)} → "
        f"{last.station.name} {clock(last.arrives_at)}"
        for departure, call, last in found[:MAX_LISTED]
    ]
    rest = len(found) - len(lines)
    more = "\n" + _("and %(count)s more.") % {"count": rest} if rest else ""
    head = _("Trains from %(place)s on %(day)s:") % told
    then = _("Where do you want to go? Then I can tell fares and seats.")
    return Reply(f"{head}\n{listed(lines)}{more}\n{then}", asked="places")


def distance(origin: Station, destination: Station, km: int) -> str:
    told = {"origin": origin.name, "destination": destination.name, "km": km}
    return _("From %(origin)s to %(destination)s it is %(km)s km by rail.") % told
