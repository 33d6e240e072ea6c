"""Which seats does a message name, and which rows or coaches as a whole?"""

import re
from collections.abc import Sequence

from .reading import Reading
from .vocabulary import VOCABULARY

MAX_SEATS_ASKED = 10
MAX_ROWS_ASKED = 4
_AND_MORE = r"(?P<more>(?:\s*(?:,|and|&)\s*\d{1,3}\b(?!\s*[:/]|\s*tickets?\b|\s*seats?\b))*)"
_NUMBER = r"(?P<number>\d{1,3}[a-z]?)"
_LABEL = r"(?P<label>(?!ac\d\b)[a-z]{1,3}\d{0,2})"
_SEAT_WORD = r"(?:(?:seats?|berths?|number|no|nr)\b[\s.#:]*)"
_SEATS_IN_ROWS = (
    re.compile(rf"\b(?:coach|row)\s+{_LABEL}[\s,]+{_SEAT_WORD}*{_NUMBER}\b{_AND_MORE}"),
    re.compile(
        rf"\b{_SEAT_WORD}+#?{_NUMBER}(?P<more>)[\s,]+(?:(?:in|of|on|from)\s+)?(?:the\s+)?"
        rf"(?:coach|row)\s+{_LABEL}\b"
    ),
)
_SEATS = (
    re.compile(rf"\b(?P<label>[a-z]{{1,3}}\d{{0,2}})\s?[-–/]\s?{_NUMBER}\b{_AND_MORE}"),
    re.compile(rf"\b(?P<label>(?!ac\d)[a-z]{{1,3}}\d{{1,2}})[\s,]+{_SEAT_WORD}*{_NUMBER}\b{_AND_MORE}"),
    re.compile(rf"\bseats?\s+(?P<label>[a-z]{{1,2}})\s+(?P<number>\d{{1,3}})\b{_AND_MORE}"),
    re.compile(rf"\b(?P<label>(?!ac\d)[a-z]{{1,2}})(?P<number>\d{{1,3}})\b{_AND_MORE}"),
)
# A number alone is that seat of whichever coach or row. "Is 14 free?" means a seat, "are 14 free?" how many.
_IS_FREE = r"(?=\s+(?:still\s+|also\s+|already\s+)?(?:free|available|taken|open|sold|vacant|occupied|gone)\b)"
_NUMBERS_ALONE = (
    re.compile(rf"\b(?:seat|berth)\s+(?:(?:number|no|nr)\b[\s.:]*|#)?{_NUMBER}\b{_AND_MORE}"),
    re.compile(rf"\bis\s+{_NUMBER}(?P<more>){_IS_FREE}"),
    re.compile(rf"\bare\s+{_NUMBER}(?P<more>(?:\s*(?:,|and|&|or)\s*\d{{1,3}}\b)+){_IS_FREE}"),
)
_ROW_WORD = r"(?:rows?|coach(?:es)?|bogies?|bogeys?|carriages?|compartments?)"
_ROW = r"[a-z]{1,2}\d{0,2}"
_ROWS = (
    re.compile(rf"\b{_ROW_WORD}\s+(?P<labels>{_ROW}(?:\s*(?:,|and|&|or)\s*{_ROW})*)\b(?!\s*[-–/]?\s?\d)"),
    re.compile(rf"\b(?P<labels>[a-z]{{1,2}}\d{{1,2}})\s+{_ROW_WORD}\b"),
)


def take_seats(reading: Reading) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Take seats, and rows and coaches that are meant as a whole, out of the reading.

    Seats are like "B1-14", or "14" where only the number was said; rows like "A", coaches like "S2".
    """
    seats = _seats_by(_SEATS_IN_ROWS, reading)
    rows = _take_rows(reading)
    seats += _seats_by(_SEATS, reading)
    for pattern in () if seats else _NUMBERS_ALONE:
        if match := reading.take_match(pattern, kind="_seat"):
            seats += [number.lstrip("0").upper() for number in (match["number"], *re.findall(r"\d+", match["more"]))]
    return tuple(dict.fromkeys(seats))[:MAX_SEATS_ASKED], rows


def _seats_by(patterns: Sequence[re.Pattern[str]], reading: Reading) -> list[str]:
    found: list[str] = []
    for pattern in patterns:
        while match := reading.take_match(pattern, kind="_seat"):
            numbers = [match["number"], *re.findall(r"\d+", match["more"])]
            found += [f"{match['label']}-{number.lstrip('0')}".upper() for number in numbers]
    return found


def _take_rows(reading: Reading) -> tuple[str, ...]:
    for pattern in _ROWS:
        if match := reading.take_match(pattern, accept=lambda match: bool(_labels(match["labels"])), kind="_seat"):
            return _labels(match["labels"])[:MAX_ROWS_ASKED]
    return ()


def _labels(text: str) -> tuple[str, ...]:
    """Labels, unless they are words: "row in", "coach is"."""
    found = [label for label in re.split(r"[^a-z0-9]+", text) if label not in {"and", "or"}]
    is_word = any(len(label) > 1 and label in VOCABULARY for label in found)
    return () if is_word else tuple(dict.fromkeys(label.upper() for label in found))
