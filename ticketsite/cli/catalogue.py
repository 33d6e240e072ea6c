"""How is the catalogue written from a terminal? As rows of its lists, made of what somebody typed."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .errors import Problem, TicketError
from .site import Json, Site

# As docs/api.md tells of them.
LISTS = (
    *("calendar-exceptions", "calendars", "carriers", "coach-layouts", "coaches", "departures", "hall-rows", "halls"),
    *("passenger-types", "performance-prices", "performances", "price-zones", "refund-policies", "refund-steps"),
    *("seat-classes", "shows", "standing-areas", "station-fares", "stations", "stops", "trains", "venues"),
    "zone-fares",
)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_RUN = re.compile(r"(?P<kind>[ts])(?P<number>\d{1,12})", re.IGNORECASE)
_STOP = re.compile(r"(?P<station>\w+)\s+(?P<first>\d{1,2}:\d{2})(?:\+(?P<first_day>\d))?"
                   r"(?:\s+(?P<second>\d{1,2}:\d{2})(?:\+(?P<second_day>\d))?)?\s+(?P<km>\d+)")  # fmt: skip


def read_rows(site: Site, name: str) -> list[Json]:
    """
    Raises:
        TicketError: there is no such list.
        Problem, NotSignedIn, SiteUnavailable
    """
    if name not in LISTS:
        raise TicketError(f"There is no list {name}; there are {', '.join(LISTS)}.")
    return list(site.pages(f"catalogue/{name}/"))


def put_rows(site: Site, name: str, rows: Sequence[Mapping[str, Any]], *, only_try: bool = False) -> Json:
    """
    Raises:
        TicketError: the site refuses some, and says which and why; nothing was written.
        NotSignedIn, SiteUnavailable
    """
    try:
        return site.put(f"catalogue/{name}/", {"rows": list(rows), "dry_run": only_try})
    except Problem as problem:
        if problem.code == "not-found":
            raise TicketError(f"There is no list {name}; there are {', '.join(LISTS)}.") from problem
        faults = problem.body.get("rows")
        if not faults:
            raise
        told = [" ".join(filter(None, [_where(fault, len(rows)), fault["error"]])) for fault in faults[:5]]
        raise TicketError(f"Nothing was written. {' '.join(told)}") from problem


def said(row: Mapping[str, Any]) -> dict[str, Any]:
    """Without what nobody typed: that stays as it is."""
    return {column: value for column, value in row.items() if value not in ("", 0, None)}


def pair(text: str) -> tuple[str, str]:
    """
    >>> pair("BEST=500")
    ('BEST', '500')

    Raises:
        TicketError
    """
    name, sign, value = text.partition("=")
    if not (sign and name.strip()):
        raise TicketError(f'"{text}" is no pair like NAME=VALUE.')
    return name.strip(), value.strip()


def stop(text: str) -> dict[str, Any]:
    """
    >>> stop("NDLS 08:30+1 08:35+1 1384")["departure"]
    '08:35 +1'

    Raises:
        TicketError
    """
    found = _STOP.fullmatch(text.strip())
    if found is None:
        raise TicketError(f'"{text}" is no stop; write station, when it arrives and leaves, and km: NDLS 08:30 1384.')
    arrives = _clock(found["first"], found["first_day"])
    leaves = _clock(found["second"], found["second_day"]) if found["second"] else arrives
    return {"station": found["station"], "arrival": arrives, "departure": leaves, "distance_km": int(found["km"])}


def days_meant(text: str) -> set[str]:
    """
    >>> sorted(days_meant("sat,sun")), len(days_meant("daily")), len(days_meant("mon-fri"))
    (['saturday', 'sunday'], 7, 5)

    Raises:
        TicketError
    """
    if text.strip().lower() == "daily":
        return set(DAYS)
    meant: set[str] = set()
    for part in text.lower().split(","):
        first, dash, last = part.strip().partition("-")
        start = _day(first)
        meant.update(DAYS[start : _day(last) + 1] if dash else DAYS[start : start + 1])
    return meant


def address_of(run: str, what: str, *, only: str = "ts") -> str:
    """Where something is done to a run, `t213` or `s9`.

    Raises:
        TicketError: it is no run of the kind.
    """
    match = _RUN.fullmatch(run.strip())
    if match is None or match["kind"].lower() not in only:
        known = " or ".join(
            f"{each} ({name})" for each, name in (("t213", "trains"), ("s9", "shows")) if each[0] in only
        )
        raise TicketError(f'"{run}" is no run that this can be done to; they are named like {known}.')
    kind = "departures" if match["kind"].lower() == "t" else "performances"
    return f"catalogue/{kind}/{match['number']}/{what}/"


def counted(written: Mapping[str, Any]) -> str:
    """
    >>> counted({"added": 1, "changed": 0, "unchanged": 2})
    '1 added, 2 unchanged'
    """
    return ", ".join(f"{written[what]} {what}" for what in ("added", "changed", "unchanged") if written[what])


def _where(fault: Mapping[str, Any], rows: int) -> str:
    row = f"Row {fault['row']}" if rows > 1 and fault["row"] else ""
    place = " ".join(filter(None, [row, fault["column"]]))
    return f"{place}:" if place else ""


def _clock(time: str, days: str | None) -> str:
    return f"{time} +{days}" if days else time


def _day(text: str) -> int:
    for number, name in enumerate(DAYS):
        if len(text) >= 2 and name.startswith(text.strip()):
            return number
    raise TicketError(f'"{text}" is no day; write daily, mon-fri or sat,sun.')
