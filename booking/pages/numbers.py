"""How many of each kind does a page say? Standing places by area, passengers by who pays less: written in one way.

A form has a field for each, `standing-PIT=2`; an address has them together, `standing=PIT:2,FLOOR:1`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from django.conf import settings

STANDING, PASSENGERS = "standing", "passengers"

_NUMBER = re.compile(r"-?[0-9]{1,4}")

Numbers = Mapping[str, int]


def field_name(what: str, code: str) -> str:
    return f"{what}-{code}"


def numbers_in_form(what: str, posted: Mapping[str, str]) -> Numbers:
    """Numbers by code; an empty field counts as none.

    Raises:
        ValueError: one is no number. Less than none is one, which whoever asks for it refuses in words of its own.
    """
    begins = field_name(what, "")
    return _numbers([(name.removeprefix(begins), posted[name]) for name in posted if name.startswith(begins)])


def numbers_in_address(what: str, address: Mapping[str, str]) -> Numbers:
    """As `in_address` wrote them, none larger than an order can have; what is no number counts as none."""
    said = (part.rpartition(":")[::2] for part in address.get(what, "").split(","))
    most = settings.MAX_SEATS_PER_ORDER
    numbers = _numbers([(code, number) for code, number in said if _NUMBER.fullmatch(number)])
    return {code: min(number, most) for code, number in numbers.items() if number > 0}


def in_address(numbers: Numbers) -> list[str]:
    return [f"{code}:{number}" for code, number in sorted(numbers.items())]


def _numbers(said: Iterable[Sequence[str]]) -> Numbers:
    numbers = {}
    for code, text in said:
        if text and not _NUMBER.fullmatch(text):
            raise ValueError(text)
        if code and int(text or 0):
            numbers[code] = int(text)
    return numbers
