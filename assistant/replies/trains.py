"""How are trains, their calls and their runs put into words? Only what was found is said."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assistant.names import Place
from assistant.options import trip_key
from booking.models import Departure, Station, Train
from booking.selectors import Trip

from .pieces import MAX_LISTED, Reply, Suggestion, day_name, home_link, listed, money, trip_line, trip_link


def several(found: Sequence[Trip]) -> Reply:
    shown = found[:MAX_LISTED]
    rest = len(found) - len(shown)
    more = (
        "\n" + ngettext("and %(count)s more train.", "and %(count)s more trains.", rest) % {"count": rest}
        if rest
        else ""
    )
    board, alight = found[0].board, found[0].alight
    day = board.departs_at.date()
    told = {"origin": board.station.city, "destination": alight.station.city, "day": day_name(day)}
    return Reply(
        _("Trains from %(origin)s to %(destination)s on %(day)s:") % told + f"\n{listed(map(trip_line, shown))}{more}",
        (*map(trip_link, shown), all_of_day(board.station, alight.station, day)),
        offered=tuple(map(trip_key, shown)),
        about=trip_key(found[0]) if len(found) == 1 else "",
    )


def all_of_day(origin: Station, destination: Station, day: date) -> Suggestion:
    query = urlencode({"from": origin.code, "to": destination.code, "date": day.isoformat()})
    return Suggestion(_("All trains of that day"), f"{reverse('booking:trips')}?{query}")


def one(trip: Trip) -> Reply:
    each = listed(f"{zone['name']}: {money(trip.fares[zone['code']])}" for zone in trip.zones)
    return Reply(
        f"{trip_line(trip)}\n{each}",
        (
            trip_link(trip),
            Suggestion(_("Seats left"), say="how many seats are left"),
            Suggestion(_("Book"), say="book it"),
        ),
        about=trip_key(trip),
    )


def no_other(told: Sequence[Trip]) -> Reply:
    every = several(told)
    return replace(every, text=_("There is no other that day.") + f"\n{every.text}")


def none_better(how: str, told: Sequence[Trip]) -> Reply:
    """`how` is later, earlier, faster or cheaper; `told` are those that there are instead."""
    texts = {
        "later": _("There is no later one that day."),
        "earlier": _("There is no earlier one that day."),
        "faster": _("There is no faster one that day."),
        "cheaper": _("There is no cheaper one that day."),
    }
    every = several(told)
    return replace(every, text=f"{texts[how]}\n{every.text}")


def does_not_serve(trains: Sequence[Train], origin: Place | None, destination: Place | None) -> Reply:
    if len(trains) == 1:
        return Reply(_("%(train)s does not run %(way)s.") % {"train": trains[0], "way": _way(origin, destination)})
    told = {"way": _way(origin, destination), "trains": listed(map(str, trains))}
    return Reply(_("None of these trains runs %(way)s:\n%(trains)s") % told)


def not_connected(origin: Place, destination: Place) -> Reply:
    told = {"origin": origin.name, "destination": destination.name}
    return Reply(
        _("No train on sale here runs from %(origin)s to %(destination)s without a change.") % told, (home_link(),)
    )


def none_on_sale(
    origin: Place | None, destination: Place | None, *, day: date, today: date, train: Train | None, later: date | None
) -> Reply:
    told = {
        "train": train,
        "way": f" {_way(origin, destination)}" if origin or destination else "",
        "day": day_name(day),
    }
    text = (
        _("%(train)s is not on sale%(way)s on %(day)s.") % told
        if train
        else _("No train is on sale%(way)s on %(day)s.") % told
    )
    buttons: tuple[Suggestion, ...] = (home_link(),)
    if day < today:
        text += " " + _("That day is over.")
    elif (day - today).days >= settings.DEPARTURE_HORIZON_DAYS:
        text += " " + _("Trains are on sale %(days)s days ahead.") % {"days": settings.DEPARTURE_HORIZON_DAYS}
    if later is not None:
        text += " " + _("The next day with one is %(day)s.") % {"day": day_name(later)}
        buttons = (Suggestion(day_name(later), say=f"on {later.isoformat()}"), *buttons)
    return Reply(text, buttons, asked="day")


def _way(origin: Place | None, destination: Place | None) -> str:
    parts = [
        _("from %(place)s") % {"place": origin.name} if origin else "",
        _("to %(place)s") % {"place": destination.name} if destination else "",
    ]
    return " ".join(part for part in parts if part)


def news(departures: Sequence[Departure], *, asks_platform: bool) -> Reply:
    """What the railway has said about these runs, and what it has not."""
    lines = []
    for departure in departures[:MAX_LISTED]:
        told = {"train": departure.train, "day": day_name(departure.date)}
        says = departure.notice or _("no delay and no cancellation is known here.")
        lines.append(_("%(train)s of %(day)s:") % told + f" {says}")
    text = "\n".join(lines)
    if asks_platform:
        told_platform = _("I do not know platforms: they are shown at the station.")
        text = f"{told_platform}\n{text}" if text else told_platform
    return Reply(text)


def not_running(train: Train, *, day: date) -> Reply:
    return Reply(_("I know of no run of %(train)s on %(day)s.") % {"train": train, "day": day_name(day)}, asked="day")
