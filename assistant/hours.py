"""Which time of day does a message mean? A part of the day, or the hours around a clock's time."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from .reading import Reading

_MINUTES_A_DAY = 24 * 60
# "At seven" is said of what leaves within the hour before and after.
_ABOUT_MINUTES = 60

_PARTS = {
    "early morning": (0, 8), "morning": (4, 12), "mornings": (4, 12), "noon": (11, 14), "midday": (11, 14),
    "lunchtime": (11, 14), "late afternoon": (15, 18), "afternoon": (12, 18), "matinee": (12, 18),
    "late evening": (20, 24), "evening": (17, 24), "evenings": (17, 24), "eve": (17, 24), "late night": (21, 24),
    "night": (18, 24), "overnight": (18, 24), "tonight": (17, 24),
}  # fmt: skip
_CLOCK = r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>[0-5]\d))?\s?(?P<half>[ap]\.?m\.?|oclock|hrs|hours)?(?![\w-]|/\d)"
_WITH_CLOCK = (
    re.compile(
        rf"\b(?P<how>after|from|later than|past|before|by|until|till|earlier than|around|about|at|near)\s+{_CLOCK}"
    ),
    re.compile(rf"\b(?P<how>)(?:the )?{_CLOCK}"),
)
_BETWEEN = re.compile(rf"\bbetween\s+{_CLOCK}\s+and\s+{_CLOCK.replace('?P<', '?P<to_')}")
_NOON = re.compile(r"\b(?P<how>before|by|until|till|after|from) (?:noon|midday|lunch(?:time)?)\b")
_NOON_MINUTE = 12 * 60
_PART = re.compile(
    r"\b(?<!good )(?:in the |at |this )?(?P<part>" + "|".join(sorted(_PARTS, key=len, reverse=True)) + r")\b"
)
_PART_MISSPELT = {
    "mornin": "morning", "mrng": "morning", "moring": "morning", "mornig": "morning", "afternon": "afternoon",
    "aftenoon": "afternoon", "evning": "evening", "evenning": "evening", "eveing": "evening", "eveining": "evening",
    "nite": "night", "nigth": "night", "nght": "night",
}  # fmt: skip
_MISSPELT = re.compile(r"\b(?:in the )?(?P<part>" + "|".join(_PART_MISSPELT) + r")\b")


# "I must be in Delhi by nine": the time is that of arriving. "When does it arrive?" names no time.
_ARRIVING = re.compile(
    r"\b(?:arriv(?:e|es|ing|al)|reach(?:es|ing)?|get(?:s|ting)? (?:me )?(?:there|in|to)|(?:be|am) (?:there|in|at)"
    r"|in time (?:for|to)|land)\b"
)
_LEAVING = re.compile(r"\b(?:leav(?:e|es|ing)|depart(?:s|ing|ure)?|set(?:s|ting)? (?:off|out)|board(?:ing)?)\b")


@dataclass(frozen=True, slots=True)
class Hours:
    """Minutes after midnight, by the clock of the place: [first, end). Of leaving or beginning, or of arriving."""

    first: int
    end: int
    of_arrival: bool = False

    def holds(self, moment: datetime) -> bool:
        """Whether a local moment lies in these hours."""
        return self.first <= moment.hour * 60 + moment.minute < self.end

    def as_json(self) -> list[int]:
        return [self.first, self.end, 1] if self.of_arrival else [self.first, self.end]

    @classmethod
    def from_json(cls, said: Any) -> "Hours | None":
        match said:
            case [int(first), int(end)] if 0 <= first < end <= _MINUTES_A_DAY:
                return cls(first, end)
            case [int(first), int(end), 1] if 0 <= first < end <= _MINUTES_A_DAY:
                return cls(first, end, of_arrival=True)
            case _:
                return None


def take_hours(reading: Reading) -> Hours | None:
    """Take the time of day that the message names out of the reading. "Tonight" stays there: it is a day too."""
    hours = _take_hours(reading)
    arrives = [match.start() for match in _ARRIVING.finditer(reading.text)]
    leaves = [match.start() for match in _LEAVING.finditer(reading.text)]
    if hours is None or not arrives or max(leaves, default=-1) > max(arrives):
        return hours
    return replace(hours, of_arrival=True)


def _take_hours(reading: Reading) -> Hours | None:
    if match := reading.take_match(
        _BETWEEN, accept=lambda match: bool(match["half"] or match["to_half"]), kind="_time"
    ):
        half = match["half"] or match["to_half"]
        first, end = (
            _minutes(match["hour"], match["minute"], half),
            _minutes(match["to_hour"], match["to_minute"], match["to_half"] or half),
        )
        return Hours(first, end) if first is not None and end is not None and first < end else None
    for pattern in _WITH_CLOCK:
        if match := reading.take_match(pattern, accept=_is_a_time, kind="_time"):
            return _around(match)
    if match := reading.take_match(_NOON, kind="_time"):
        return Hours(_NOON_MINUTE, _MINUTES_A_DAY) if match["how"] in {"after", "from"} else Hours(0, _NOON_MINUTE)
    if match := reading.take_match(_PART, accept=lambda match: match["part"] != "tonight", kind="_time"):
        first_hour, end_hour = _PARTS[match["part"]]
        return Hours(first_hour * 60, end_hour * 60)
    if match := reading.take_match(_MISSPELT, kind="_time"):
        first_hour, end_hour = _PARTS[_PART_MISSPELT[match["part"]]]
        return Hours(first_hour * 60, end_hour * 60)
    if re.search(r"\b(?:tonight|tonite|2nite)\b", reading.text):
        return Hours(_PARTS["tonight"][0] * 60, _PARTS["tonight"][1] * 60)
    return None


def _is_a_time(match: re.Match[str]) -> bool:
    """A bare number is one only where minutes, or half of the day, are said with it."""
    return (
        bool(match["minute"] or match["half"]) and _minutes(match["hour"], match["minute"], match["half"]) is not None
    )


def _around(match: re.Match[str]) -> Hours:
    said = _minutes(match["hour"], match["minute"], match["half"])
    assert said is not None, "_is_a_time has looked"
    match match["how"]:
        case "after" | "from" | "later than" | "past":
            return Hours(said, _MINUTES_A_DAY)
        case "before" | "by" | "until" | "till" | "earlier than":
            return Hours(0, max(said, 1))
        case _:
            return Hours(max(0, said - _ABOUT_MINUTES), min(_MINUTES_A_DAY, said + _ABOUT_MINUTES + 1))


def _minutes(hour: str, minute: str | None, half: str | None) -> int | None:
    """Minutes after midnight; None if no clock shows this."""
    hours = int(hour)
    if half and half[0] in "ap":
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half[0] == "p" else 0)
    return hours * 60 + int(minute or 0) if hours < 24 else None
