"""Where do the assistant's facts come from? The selectors and the seat store, exactly as for every other page."""

from .catalogue import known_names
from .days import day_at
from .seats import (
    SeatFact,
    SeatFacts,
    SeatsWanted,
    ZoneCounts,
    best_free,
    free_by_zone,
    free_seats,
    has_seats,
    instead_of,
    neighbours_of,
    row_of_seat,
    rows_among,
    rows_of,
    seat_facts,
    seats_numbered,
    side_by_side,
    standing_areas,
)
from .shows import performances, seats_of
from .trains import Ends, are_connected, ends_on, first_day, runs_of, stations_of, trips_between

__all__ = [
    "Ends",
    "SeatFact",
    "SeatFacts",
    "SeatsWanted",
    "ZoneCounts",
    "are_connected",
    "best_free",
    "day_at",
    "ends_on",
    "first_day",
    "free_by_zone",
    "free_seats",
    "has_seats",
    "instead_of",
    "known_names",
    "neighbours_of",
    "performances",
    "row_of_seat",
    "rows_among",
    "rows_of",
    "runs_of",
    "seat_facts",
    "seats_numbered",
    "seats_of",
    "side_by_side",
    "standing_areas",
    "stations_of",
    "trips_between",
]
