"""When does a trip call where? Its lines of stop_times.txt as the stops of a train."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from booking.gtfs.errors import FeedError
from booking.gtfs.stations import Network, distance_km

# In the order of trips, and of calls within each: SQLite sorts on disk, whatever the order of the feed.
_CALLS = """
SELECT trip, line, stop, arrival, departure, can_board, can_alight FROM stop_time
WHERE trip IN (SELECT trip FROM wanted) ORDER BY trip, position
"""

Line = tuple[str, int, str, int | None, int | None, int, int]


@dataclass(frozen=True, slots=True)
class Call:
    """Minutes since the service day's midnight, kilometres from the first call."""

    station: str
    arrival_minute: int
    departure_minute: int
    distance_km: int
    can_board: bool
    can_alight: bool


def calls_of_trips(staged: sqlite3.Connection, network: Network) -> Iterator[tuple[str, list[Call]]]:
    """Every wanted trip with its calls.

    Raises:
        FeedError: times run backwards, or the first or last stop has none.
    """
    for trip, lines in groupby(staged.execute(_CALLS), key=lambda line: line[0]):
        yield trip, _calls(list(lines), network)


def _calls(lines: Sequence[Line], network: Network) -> list[Call]:
    times = _times(lines)
    calls: list[Call] = []
    km = 0.0
    for (_, _, stop, *_, can_board, can_alight), (arrival, departure) in zip(lines, times, strict=True):
        station = network.station_of[stop]
        if calls and calls[-1].station == station:
            # From one platform of a station to another is no journey.
            last = calls.pop()
            arrival, can_board = last.arrival_minute, can_board or last.can_board
            can_alight = can_alight or last.can_alight
        elif calls:
            km += distance_km(network.stations[calls[-1].station], network.stations[station])
        calls.append(Call(station, arrival, departure, round(km), bool(can_board), bool(can_alight)))
    if len(calls) < 2:
        raise FeedError("stop_times.txt", lines[0][1], f"trip {lines[0][0]!r} never leaves its first station.")
    return calls


def _times(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """Arrival and departure at every stop; between stops whose times are known a train is thought to go steadily."""
    known = [
        (number, arrival, departure)
        for number, (*_, arrival, departure, _, _) in enumerate(lines)
        if arrival is not None and departure is not None
    ]
    for number in (0, len(lines) - 1):
        if lines[number][3] is None:
            raise FeedError("stop_times.txt", lines[number][1], "the first and the last stop of a trip need times.")
    times = [known[0][1:]]
    for (start, _, leaves), (end, arrives, departs) in pairwise(known):
        if arrives < leaves:
            trip, line, *_ = lines[end]
            raise FeedError("stop_times.txt", line, f"trip {trip!r} arrives before it has left the stop before.")
        for between in range(start + 1, end):
            minute = leaves + (arrives - leaves) * (between - start) // (end - start)
            times.append((minute, minute))
        times.append((arrives, departs))
    return times
