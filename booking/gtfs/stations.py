"""Which stops are one station? Platforms belong to their station; stops of one name beside each other are one, too."""

import re
import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from booking.gtfs.errors import FeedError

# Two stops of one name that are no farther apart, in kilometres, are the two sides of one street or line.
BESIDE_KM = 0.5
LONGEST_CODE = 8
_EARTH_KM = 6371.0

_USED = """
SELECT stop.id, station.id, station.line, COALESCE(NULLIF(station.name, ''), stop.name), station.code,
       COALESCE(station.latitude, stop.latitude), COALESCE(station.longitude, stop.longitude),
       COALESCE(NULLIF(station.fare_zone, ''), stop.fare_zone), COALESCE(NULLIF(station.zone, ''), stop.zone),
       stop.parent > ''
FROM (SELECT DISTINCT stop FROM stop_time WHERE trip IN (SELECT trip FROM wanted)) AS used
     JOIN stop ON stop.id = used.stop
     JOIN stop AS station ON station.id = CASE WHEN stop.parent > '' THEN stop.parent ELSE stop.id END
ORDER BY station.id, stop.id
"""


@dataclass(frozen=True, slots=True)
class FeedStation:
    """A station where trains of the feed call. `time_zone` is '' where it is the carrier's."""

    id: str
    name: str
    code: str
    latitude: float
    longitude: float
    fare_zone: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Network:
    """The stations of a feed, and for every stop where trains call the station that it belongs to."""

    stations: dict[str, FeedStation]
    station_of: dict[str, str]


def network(staged: sqlite3.Connection) -> Network:
    """
    Raises:
        FeedError: a station has no name or no place.
    """
    stations: dict[str, FeedStation] = {}
    station_of: dict[str, str] = {}
    by_name: dict[str, list[FeedStation]] = defaultdict(list)
    for stop, id_, line, name, code, latitude, longitude, fare_zone, zone, has_parent in staged.execute(_USED):
        if not name or latitude is None:
            raise FeedError("stops.txt", line, f"{id_} needs a stop_name, a stop_lat and a stop_lon.")
        station = FeedStation(id_, name, code, latitude, longitude, fare_zone, zone)
        beside = next((other for other in by_name[name.lower()] if distance_km(other, station) <= BESIDE_KM), None)
        if beside is not None and not has_parent:
            station = beside
        elif id_ not in stations:
            stations[id_] = station
            by_name[name.lower()].append(station)
        station_of[stop] = station.id
    return Network(stations, station_of)


def distance_km(one: FeedStation, other: FeedStation) -> float:
    """As the crow flies: the unit of a feed's own distances is anybody's guess. Haversine formula."""
    up, across = radians(other.latitude - one.latitude), radians(other.longitude - one.longitude)
    parallels = cos(radians(one.latitude)) * cos(radians(other.latitude))
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(sin(up / 2) ** 2 + parallels * sin(across / 2) ** 2)))


def free_code(station: FeedStation, taken: Iterable[str]) -> str:
    """A code for it that no other station has: the feed's, if it is short enough, or else made of the name."""
    known = set(taken)
    return next(code for code in _codes(station) if code not in known)


def _codes(station: FeedStation) -> Iterator[str]:
    for said in (station.code, station.id):
        code = re.sub(r"[^A-Z0-9]", "", said.upper())
        if 2 <= len(code) <= LONGEST_CODE:
            yield code
    letters = re.sub(r"[^A-Z0-9]", "", station.name.upper()) or "S"
    if len(letters) <= LONGEST_CODE:
        yield letters
    number = zlib.crc32(station.id.encode())
    while True:
        yield f"{letters[:4]}{number % 10_000:04}"
        number += 1
