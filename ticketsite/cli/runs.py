"""Which run is meant? `t213` is a train's, as `ticket trains` lists them, `s9` a performance, as `ticket show` does."""

import re
from dataclasses import dataclass
from typing import Any

from .errors import TicketError
from .site import Site
from .words import moment

# Of a name that fits many: as many as a city has.
MOST_PLACES = 4

_NAME = re.compile(r"(?P<kind>[ts])(?P<number>\d{1,12})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Run:
    """A train between two places, or a performance.

    Args:
        legs: the first and the last one of the journey, counted from 1.
        time_zone: of the clock by which it begins.
        offers: classes or price zones, each with `zone`, `name`, `price` and `free`.
    """

    name: str
    inventory: str
    title: str
    when: str
    time_zone: str
    legs: tuple[int, int]
    offers: tuple[dict[str, Any], ...]
    is_train: bool
    origin: str = ""
    destination: str = ""
    passenger_types: tuple[dict[str, Any], ...] = ()


def find_run(site: Site, name: str, *, origin: str = "", destination: str = "") -> Run:
    """
    Args:
        origin, destination: codes or names of places, where a train is boarded and left; all the way without them.

    Raises:
        TicketError: it is no name of a run.
        Problem: there is no such run, or it does not call there.
    """
    match = _NAME.fullmatch(name.strip())
    if match is None:
        raise TicketError(f'"{name}" is no run; runs are named like t213 (ticket trains) or s9 (ticket show).')
    if match["kind"].lower() == "s":
        return _performance(site.get(f"performances/{match['number']}/"))
    if bool(origin) != bool(destination):
        raise TicketError("Give both --from and --to, or neither.")
    ends = {"from": _only_place(site, origin), "to": _only_place(site, destination)} if origin else {}
    return _trip(site.get(f"trips/{match['number']}/", **ends))


def find_places(site: Site, text: str) -> list[dict[str, Any]]:
    """The station with this code or name; without one those that match best, as all of a city.

    Raises:
        TicketError: nothing is called like this.
    """
    found: list[dict[str, Any]] = site.get("places/", q=text)["results"]
    if not found:
        raise TicketError(f'No station is called "{text}".')
    exact = [place for place in found if text.strip().lower() in (place["code"].lower(), place["name"].lower())]
    return exact[:1] or found[:MOST_PLACES]


def _only_place(site: Site, text: str) -> str:
    """
    Raises:
        TicketError: none is called like this, or several are.
    """
    places = find_places(site, text)
    if len(places) > 1:
        known = ", ".join(f"{place['name']} ({place['code']})" for place in places)
        raise TicketError(f'"{text}" may be {known}; say which.')
    return str(places[0]["code"])


def _trip(trip: dict[str, Any]) -> Run:
    origin, destination = trip["from"]["place"], trip["to"]["place"]
    return Run(
        name=f"t{trip['id']}",
        inventory=trip["inventory"],
        title=f"{trip['train']['number']} {trip['train']['name']}, {origin['name']} → {destination['name']}",
        when=moment(trip["from"]["departs_at"]),
        time_zone=origin["time_zone"],
        legs=(trip["legs"]["first"], trip["legs"]["last"]),
        offers=tuple({**offer, "zone": offer["class"]} for offer in trip["offers"]),
        is_train=True,
        origin=origin["code"],
        destination=destination["code"],
        passenger_types=tuple(trip.get("passenger_types", ())),
    )


def _performance(performance: dict[str, Any]) -> Run:
    return Run(
        name=f"s{performance['id']}",
        inventory=performance["inventory"],
        title=f"{performance['show']}, {performance['venue']['name']}, {performance['hall']}",
        when=moment(performance["starts_at"]),
        time_zone=performance["venue"]["time_zone"],
        legs=(1, 1),
        offers=tuple(performance["prices"]),
        is_train=False,
    )
