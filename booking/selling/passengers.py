"""Who travels on the seats that were chosen on a page? Numbers of those who pay less; all others are adults."""

import re
from collections.abc import Iterable, Mapping, Sequence

from booking.errors import DomainError
from booking.trains.fare_table import ADULT

# A form sends "passengers-child=2"; an address has "passengers=child:2,senior:1".
FIELD = "passengers-"
_NUMBER = re.compile(r"[0-9]{1,3}")

Counts = Mapping[str, int]


class MorePassengersThanSeats(DomainError):
    status = 400
    code = "more-passengers-than-seats"
    title = "There are more passengers than seats"

    def __init__(self, passengers: int, seats: int) -> None:
        super().__init__(f"You chose {seats} seats and said that {passengers} pay a reduced fare.")


def passengers_in_form(posted: Mapping[str, str]) -> Counts:
    """Numbers by passenger type; what is no number counts as none."""
    return _counts((name.removeprefix(FIELD), posted[name]) for name in posted if name.startswith(FIELD))


def passengers_in_address(text: str) -> Counts:
    """As written by `in_address`."""
    return _counts(part.rpartition(":")[::2] for part in text.split(","))


def in_address(counts: Counts) -> list[str]:
    return [f"{passenger_type}:{count}" for passenger_type, count in sorted(counts.items())]


def seated(counts: Counts, seats: Sequence[str]) -> tuple[str, ...]:
    """A passenger type for each seat: those who pay less sit on the first ones.

    Raises:
        MorePassengersThanSeats: for want of a seat.
    """
    reduced = [passenger_type for passenger_type, count in sorted(counts.items()) for _ in range(count)]
    if len(reduced) > len(seats):
        raise MorePassengersThanSeats(len(reduced), len(seats))
    return (*reduced, *[ADULT] * (len(seats) - len(reduced)))


def _counts(said: Iterable[Sequence[str]]) -> Counts:
    return {code: int(number) for code, number in said if code and _NUMBER.fullmatch(number) and int(number)}
