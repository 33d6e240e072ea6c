"""The feed on disk: its tables in a SQLite file of their own, with the line that each row was on.

stop_times.txt need not be sorted, and is most of a feed. On disk it can be sorted and compared with everything else
whatever its size; the site's own database is not touched before the whole feed has been read and checked.
"""

import sqlite3
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

from booking.gtfs.errors import FeedError
from booking.gtfs.fields import read_amount, read_date, read_minute, read_number, read_place, read_zone
from booking.gtfs.reading import Feed, Progress, Row
from booking.models.carriers import WEEKDAYS

BATCH = 2_000
# Of the disk's pages SQLite keeps so many KiB in memory.
CACHE_KIB = 16_384

_TABLES = """
CREATE TABLE agency (id TEXT PRIMARY KEY, line INTEGER, name TEXT, zone TEXT);
CREATE TABLE stop (id TEXT PRIMARY KEY, line INTEGER, name TEXT, code TEXT, latitude REAL, longitude REAL,
                   fare_zone TEXT, parent TEXT, kind INTEGER, zone TEXT);
CREATE TABLE route (id TEXT PRIMARY KEY, line INTEGER, agency TEXT, name TEXT, kind INTEGER);
CREATE TABLE calendar (service TEXT PRIMARY KEY, line INTEGER, weekdays TEXT, starts_on TEXT, ends_on TEXT);
CREATE TABLE calendar_date (service TEXT, date TEXT, line INTEGER, runs INTEGER, PRIMARY KEY (service, date));
CREATE TABLE trip (id TEXT PRIMARY KEY, line INTEGER, route TEXT, service TEXT, number TEXT, headsign TEXT);
CREATE TABLE frequency (trip TEXT PRIMARY KEY);
CREATE TABLE stop_time (trip TEXT, position INTEGER, line INTEGER, stop TEXT, arrival INTEGER, departure INTEGER,
                        can_board INTEGER, can_alight INTEGER, PRIMARY KEY (trip, position)) WITHOUT ROWID;
CREATE TABLE fare (id TEXT PRIMARY KEY, line INTEGER, amount TEXT, currency TEXT);
CREATE TABLE fare_rule (line INTEGER PRIMARY KEY, fare TEXT, route TEXT, origin TEXT, destination TEXT, contains TEXT);
"""

Values = tuple[object, ...]


def open_staging(path: Path) -> sqlite3.Connection:
    """An empty staging file. It is thrown away after the import, so nothing waits for the disk."""
    staged = sqlite3.connect(path)
    staged.executescript(
        f"PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -{CACHE_KIB};"
        "PRAGMA temp_store = FILE;" + _TABLES
    )
    return staged


def stage(feed: Feed, staged: sqlite3.Connection, progress: Progress) -> None:
    """Read the feed into the staging file.

    Raises:
        FeedError: a value cannot be read, or something is there twice.
    """
    for file, table, read in _FILES:
        _fill(staged, table, ((row, read(row)) for row in feed.rows(file, progress)))


def _fill(staged: sqlite3.Connection, table: str, rows: Iterable[tuple[Row, Values]]) -> None:
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        # A trip that runs every so often is named once for each time of day.
        insert = f"INSERT {'OR IGNORE ' * (table == 'frequency')}INTO {table} VALUES ({_marks(batch[0][1])})"
        try:
            staged.executemany(insert, (values for _, values in batch))
            staged.commit()
        except sqlite3.IntegrityError:
            # The rows of the batch before the one that is there twice are in: each was a statement of its own.
            raise _twice(staged, table, batch) from None


def _twice(staged: sqlite3.Connection, table: str, batch: list[tuple[Row, Values]]) -> FeedError:
    """Which of them came first is in the table, with another line than the second has."""
    keys = [name for _, name, *_, place in staged.execute(f"PRAGMA table_info({table})") if place]
    columns = [name for _, name, *_ in staged.execute(f"PRAGMA table_info({table})")]
    for row, values in batch:
        said = dict(zip(columns, values, strict=True))
        where = " AND ".join(f"{key} = ?" for key in keys)
        found = staged.execute(f"SELECT line FROM {table} WHERE {where}", [said[key] for key in keys]).fetchone()
        if found is not None and found[0] != row.line:
            return row.error(f"{' '.join(str(said[key]) for key in keys)} is on line {found[0]} already.")
    raise AssertionError("SQLite found something twice that is there once")


def _marks(values: Values) -> str:
    return ", ".join("?" * len(values))


# --- One file each --------------------------------------------------------------------------------


def _agency(row: Row) -> Values:
    return (row["agency_id"], row.line, row.required("agency_name"), read_zone(row, "agency_timezone"))


def _stop(row: Row) -> Values:
    place = read_place(row) or (None, None)
    kind = read_number(row, "location_type", least=0, most=4, default=0)
    return (row.required("stop_id"), row.line, row["stop_name"], row["stop_code"], *place, row["zone_id"],
            row["parent_station"], kind, read_zone(row, "stop_timezone"))  # fmt: skip


def _route(row: Row) -> Values:
    name = row["route_long_name"] or row["route_short_name"]
    kind = read_number(row, "route_type", least=0, most=1999)
    return (row.required("route_id"), row.line, row["agency_id"], name, kind)


def _calendar(row: Row) -> Values:
    weekdays = "".join(str(read_number(row, day, least=0, most=1)) for day in WEEKDAYS)
    starts_on, ends_on = read_date(row, "start_date"), read_date(row, "end_date")
    if ends_on < starts_on:
        raise row.error(f"end_date {row['end_date']} lies before start_date {row['start_date']}.")
    return (row.required("service_id"), row.line, weekdays, starts_on.isoformat(), ends_on.isoformat())


def _calendar_date(row: Row) -> Values:
    runs = read_number(row, "exception_type", least=1, most=2) == 1
    return (row.required("service_id"), read_date(row, "date").isoformat(), row.line, runs)


def _trip(row: Row) -> Values:
    return (row.required("trip_id"), row.line, row.required("route_id"), row.required("service_id"),
            row["trip_short_name"], row["trip_headsign"])  # fmt: skip


def _stop_time(row: Row) -> Values:
    arrival, departure = read_minute(row, "arrival_time"), read_minute(row, "departure_time")
    if arrival is not None and departure is not None and departure < arrival:
        raise row.error(f"the train leaves at {row['departure_time']}, before it arrives at {row['arrival_time']}.")
    position = read_number(row, "stop_sequence", least=0, most=10**9 - 1)
    return (row.required("trip_id"), position, row.line, row.required("stop_id"),
            departure if arrival is None else arrival, arrival if departure is None else departure,
            row["pickup_type"] != "1", row["drop_off_type"] != "1")  # fmt: skip


def _fare(row: Row) -> Values:
    return (row.required("fare_id"), row.line, str(read_amount(row, "price")), row.required("currency_type"))


def _fare_rule(row: Row) -> Values:
    return (row.line, row.required("fare_id"), row["route_id"], row["origin_id"], row["destination_id"],
            row["contains_id"])  # fmt: skip


_FILES: tuple[tuple[str, str, Callable[[Row], Values]], ...] = (
    ("agency.txt", "agency", _agency),
    ("stops.txt", "stop", _stop),
    ("routes.txt", "route", _route),
    ("calendar.txt", "calendar", _calendar),
    ("calendar_dates.txt", "calendar_date", _calendar_date),
    ("trips.txt", "trip", _trip),
    ("frequencies.txt", "frequency", lambda row: (row.required("trip_id"),)),
    ("stop_times.txt", "stop_time", _stop_time),
    ("fare_attributes.txt", "fare", _fare),
    ("fare_rules.txt", "fare_rule", _fare_rule),
)
