"""Does the feed contradict itself? Each rule is a question to the staging file that should find no line."""

import sqlite3

from booking.gtfs.errors import FeedError

# Which modes are railways: the basic type, and the extended types of railway service.
RAIL = (2, *range(100, 118))

# Trips that are imported: of a wanted mode, and with times of their own rather than "every ten minutes".
_WANTED = """
CREATE TABLE wanted AS
SELECT trip.id AS trip, trip.line AS line, trip.service AS service, trip.number AS number, trip.headsign AS headsign,
       route.id AS route, route.name AS route_name, route.kind AS kind, agency.id AS agency, agency.zone AS zone
FROM trip JOIN route ON route.id = trip.route
     JOIN agency ON agency.id = route.agency
WHERE route.kind IN ({kinds}) AND trip.id NOT IN (SELECT trip FROM frequency);
CREATE UNIQUE INDEX wanted_trip ON wanted (trip);
"""

# file, question, what is wrong with the value it finds
_RULES = (
    ("agency.txt",
     "SELECT line, name FROM agency WHERE zone = ''",
     "{} has no time zone."),
    ("routes.txt",
     "SELECT route.line, agency FROM route LEFT JOIN agency ON agency.id = agency WHERE agency.id IS NULL",
     "there is no agency {!r}."),
    ("stops.txt",
     "SELECT stop.line, stop.parent FROM stop LEFT JOIN stop AS station ON station.id = stop.parent"
     " WHERE stop.parent > '' AND station.id IS NULL",
     "there is no station {!r}."),
    ("trips.txt",
     "SELECT trip.line, trip.route FROM trip LEFT JOIN route ON route.id = trip.route WHERE route.id IS NULL",
     "there is no route {!r}."),
    ("trips.txt",
     "SELECT line, service FROM trip WHERE service NOT IN (SELECT service FROM calendar)"
     " AND service NOT IN (SELECT service FROM calendar_date)",
     "no calendar says when service {!r} runs."),
    ("stop_times.txt",
     "SELECT stop_time.line, trip FROM stop_time LEFT JOIN trip ON trip.id = trip WHERE trip.id IS NULL",
     "there is no trip {!r}."),
    ("stop_times.txt",
     "SELECT stop_time.line, stop FROM stop_time LEFT JOIN stop ON stop.id = stop WHERE stop.id IS NULL",
     "there is no stop {!r}."),
    ("fare_rules.txt",
     "SELECT fare_rule.line, fare FROM fare_rule LEFT JOIN fare ON fare.id = fare WHERE fare.id IS NULL",
     "there is no fare {!r}."),
    ("fare_rules.txt",
     "SELECT fare_rule.line, fare_rule.route FROM fare_rule LEFT JOIN route ON route.id = fare_rule.route"
     " WHERE fare_rule.route > '' AND route.id IS NULL",
     "there is no route {!r}."),
)  # fmt: skip


def check(staged: sqlite3.Connection) -> None:
    """Every file speaks of what the others know.

    Raises:
        FeedError: the first line that does not.
    """
    _name_the_only_agency(staged)
    for file, question, reason in _RULES:
        found = staged.execute(f"{question} ORDER BY 1 LIMIT 1").fetchone()
        if found is not None:
            raise FeedError(file, found[0], reason.format(found[1]))


def choose_trips(staged: sqlite3.Connection, kinds: tuple[int, ...] = RAIL) -> int:
    """Make the table `wanted` of the trips to be imported. Returns how many others there are.

    Raises:
        FeedError: there is none.
    """
    staged.executescript(_WANTED.format(kinds=", ".join(map(str, kinds))))
    wanted = staged.execute("SELECT count(*) FROM wanted").fetchone()[0]
    if not wanted:
        known = ", ".join(str(kind) for (kind,) in staged.execute("SELECT DISTINCT kind FROM route ORDER BY 1"))
        raise FeedError("routes.txt", 0, f"no trip of a railway; the route types here are {known}.")
    _check_calls(staged)
    total: int = staged.execute("SELECT count(*) FROM trip").fetchone()[0]
    return total - wanted


def _check_calls(staged: sqlite3.Connection) -> None:
    lonely = staged.execute(
        "SELECT line, trip FROM wanted WHERE (SELECT count(*) FROM stop_time WHERE stop_time.trip = wanted.trip) < 2"
        " ORDER BY 1 LIMIT 1"
    ).fetchone()
    if lonely is not None:
        raise FeedError("trips.txt", lonely[0], f"trip {lonely[1]!r} calls at fewer than two stops.")


def _name_the_only_agency(staged: sqlite3.Connection) -> None:
    """A feed of one agency need not say whose its routes are."""
    agencies = staged.execute("SELECT id, line FROM agency LIMIT 2").fetchall()
    if not agencies:
        raise FeedError("agency.txt", 0, "no agency runs these trains.")
    if len(agencies) == 1:
        staged.execute("UPDATE route SET agency = ? WHERE agency = ''", agencies[0][:1])
