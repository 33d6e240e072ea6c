"""How does a published timetable come on sale? Read and checked on the side, then written in one transaction.

Until everything has been read and checked the site's database is not touched, and it is changed as a whole or not at
all. The new departures then wait for the seat store like any others (booking/selling/publishing.py).
"""

import re
import sqlite3
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import moneyed
from django.conf import settings
from django.db import transaction

from booking.gtfs.calendars import services, weeks_to_move
from booking.gtfs.calls import calls_of_trips
from booking.gtfs.checking import check, choose_trips
from booking.gtfs.composing import composition
from booking.gtfs.dropped import Dropped, dropped_runs
from booking.gtfs.errors import ImportRefused
from booking.gtfs.pricing import FeedFares, feed_fares
from booking.gtfs.reading import Feed, Progress
from booking.gtfs.staging import open_staging, stage
from booking.gtfs.stations import Network, network
from booking.gtfs.trains import FeedTrain, end_trains_that_left, train_number, write_trains
from booking.gtfs.writing import Changes, write_calendars, write_fares, write_stations
from booking.models import Carrier, ServiceCalendar, Train
from booking.trains.departures import roll_trains

_MODES = {0: "Tram", 1: "Metro", 2: "Train", 3: "Bus", 4: "Ferry", 101: "High-speed train", 102: "Long-distance train",
          103: "Inter-regional train", 105: "Sleeper train", 106: "Regional train", 109: "Suburban train"}  # fmt: skip
# Fares by distance and reduced fares: the smallest coins are not worth collecting.
_STEP = Decimal("0.05")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the feed does not say, and the operator may."""

    days: int
    carrier_code: str = ""
    currency: str = ""
    weeks: int | None = None
    coaches: Mapping[str, str] = field(default_factory=dict)
    base_fare: Decimal | None = None
    fare_per_km: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """What was written; `trips_left_out` are of other modes than railways, `rules_left_out` fares we cannot tell.

    `dropped` are runs on sale that an earlier version of the feed had and this one has not; they still are on sale.
    """

    feed: str
    stations: Changes
    trains: Changes
    ended: int
    departures: int
    weeks: int
    trips_left_out: int
    rules_left_out: int
    dropped: Sequence[Dropped]


def import_feed(path: Path, *, wishes: Wishes, now: datetime, progress: Progress) -> Imported:
    """Take a feed over into the catalogue, and announce its trains' departures on the days ahead.

    Doing it again changes only what the feed says otherwise. Raises, and nothing has changed:
        FeedError: the feed is wrong; it says in which file and line.
        ImportRefused, SmallerThanSold: it cannot be sold like this.
    """
    with (
        tempfile.TemporaryDirectory(prefix="gtfs-") as directory,
        closing(open_staging(Path(directory) / "feed.sqlite3")) as staged,
    ):
        with Feed(path) as feed:
            stage(feed, staged, progress)
        check(staged)
        left_out = choose_trips(staged)
        with transaction.atomic():
            return _write(staged, wishes, now, left_out, progress)


def _write(staged: sqlite3.Connection, wishes: Wishes, now: datetime, left_out: int, progress: Progress) -> Imported:
    agencies = staged.execute("SELECT id, name, zone FROM agency WHERE id IN (SELECT agency FROM wanted) ORDER BY id")
    carriers = _carriers(agencies.fetchall(), wishes, fares := feed_fares(staged))
    first = next(iter(carriers.values()))
    found, feed = network(staged), first.code
    weeks = weeks_to_move(staged, wishes.weeks, today=now.astimezone(first.zone).date())
    stations, station_changes = write_stations(feed, found.stations.values(), first.time_zone)
    changes = Changes()
    for agency, carrier in carriers.items():
        coaches = composition(
            carrier,
            coaches=wishes.coaches,
            base_fare=wishes.base_fare,
            fare_per_km=wishes.fare_per_km,
            highest_fare=max(fares.amounts.values(), default=None),
        )
        write_fares({layout.seat_class for layout in coaches.values()}, fares)
        calendars = write_calendars(carrier, services(staged, weeks))
        trains = _trains(staged, feed, agency, calendars, found, progress)
        written = write_trains(
            carrier, trains, stations, coaches, is_composition_asked_for=bool(wishes.coaches), now=now
        )
        changes.add(written)
    ended = end_trains_that_left(feed, lambda trips: _still_there(staged, trips))
    progress("departures", 0.0)
    departures = roll_trains(Train.objects.filter(source__startswith=f"{feed}:"), now=now, days=wishes.days)
    progress("departures", 1.0)
    dropped = dropped_runs(feed, now=now)
    return Imported(feed, station_changes, changes, ended, departures, weeks, left_out, fares.left_out, dropped)


def _carriers(agencies: Sequence[tuple[str, str, str]], wishes: Wishes, fares: FeedFares) -> dict[str, Carrier]:
    """Carriers by the feed's agency_id.

    Raises:
        ImportRefused: one code for several agencies, or the carrier sells in another currency.
    """
    if wishes.carrier_code and len(agencies) > 1:
        raise ImportRefused(f"{len(agencies)} agencies cannot have the one code {wishes.carrier_code}.")
    currency = wishes.currency or fares.currency
    if wishes.currency and fares.currency and wishes.currency != fares.currency:
        raise ImportRefused(f"The feed's fares are in {fares.currency}, not in {wishes.currency}.")
    if currency and currency not in moneyed.CURRENCIES:
        raise ImportRefused(f"{currency!r} is no currency; an ISO 4217 code such as EUR is needed.")
    carriers: dict[str, Carrier] = {}
    for agency, name, zone in agencies:
        code = wishes.carrier_code or _code(agency) or _code(name) or "CARRIER"
        chosen = currency or settings.CURRENCY
        step = _STEP if moneyed.get_currency(chosen).sub_unit > 1 else Decimal(1)
        defaults = {"name": name[:120], "time_zone": zone, "currency": chosen, "fare_step": step}
        carrier, is_new = Carrier.objects.get_or_create(code=code, defaults=defaults)
        if not is_new and currency and carrier.currency != currency:
            raise ImportRefused(f"{carrier} sells in {carrier.currency}; its fares cannot become {currency}.")
        if carrier.pk in {known.pk for known in carriers.values()}:
            raise ImportRefused(f"Two agencies of the feed would be the carrier {code}.")
        carriers[agency] = carrier
    return carriers


def _code(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", text.upper())[:12]


def _trains(
    staged: sqlite3.Connection,
    feed: str,
    agency: str,
    calendars: Mapping[str, ServiceCalendar],
    found: Network,
    progress: Progress,
) -> Iterator[FeedTrain]:
    """The agency's trips as trains, as they are asked for."""
    total = staged.execute("SELECT count(*) FROM wanted").fetchone()[0]
    facts = "SELECT service, number, headsign, route, route_name, kind, zone FROM wanted WHERE trip = ? AND agency = ?"
    for done, (trip, calls) in enumerate(calls_of_trips(staged, found)):
        if done % 100 == 0:
            progress("trains", done / total)
        row = staged.execute(facts, [trip, agency]).fetchone()
        if row is None:
            continue
        service, number, headsign, route, route_name, kind, zone = row
        yield FeedTrain(
            source=f"{feed}:{trip}"[:200],
            number=train_number(number, trip),
            name=(route_name or headsign or feed)[:120],
            kind=_MODES.get(kind, "Train"),
            line=route,
            calendar=calendars[service],
            time_zone=zone,
            calls=calls,
        )
    progress("trains", 1.0)


def _still_there(staged: sqlite3.Connection, trips: Sequence[str]) -> Collection[str]:
    marks = ", ".join("?" * len(trips))
    return {trip for (trip,) in staged.execute(f"SELECT trip FROM wanted WHERE trip IN ({marks})", trips)}
