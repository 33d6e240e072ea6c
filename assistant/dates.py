"""Which day does a message mean? A mention becomes a date later, because where it is "today" depends on the place."""

import re
from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta
from typing import Any, assert_never

from .reading import Reading
from .vocabulary import MONTHS, WEEKDAYS, closest

_DAYS_A_WEEK = 7
_SATURDAY = 5
_FAR_AWAY_DAYS = 1000

_OFFSETS = {
    "yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1, "tmrw": 1, "tmr": 1, "tomo": 1, "2morrow": 1,
    "2moro": 1, "tonite": 0, "2nite": 0, "2day": 0,
}  # fmt: skip
_SHORT_DAYS = {
    "mon": 0, "tue": 1, "tues": 1, "wed": 2, "weds": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6,
}  # fmt: skip
_MONTHS_BY_NAME = {name: n for n, month in enumerate(MONTHS, start=1) for name in (month, month[:3])} | {"sept": 9}
_NEXT = frozenset({"next", "nxt"})
_MONTH = r"[a-z]{3,10}"
_YEAR = r"(?:[\s,]+(?P<year>20\d\d))?"
_ORDINAL = r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?"

_DAY_AFTER_TOMORROW = re.compile(r"\b(?:the )?day after (?:tomorrow|tommorow|tomorow|tommorrow)\b")
_SPAN = re.compile(
    r"\b(?:(?P<which>this|next|the|coming|over the|at the) )?(?P<what>week\s?end|week|wkend)s?\b(?! (?:ago|day))"
)
_IN_DAYS = re.compile(
    r"\bin (?P<n>\d{1,2}|a|one|two|three|four|five|six|seven|eight|nine|ten) (?P<unit>days?|weeks?)\b"
)
_COUNT = {
    "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10,
}  # fmt: skip
_CALENDAR = (
    re.compile(r"\b(?P<year>20\d\d)-(?P<month>\d{1,2})-(?P<day>\d{1,2})\b"),
    re.compile(rf"\b{_ORDINAL}(?:\s+of)?[\s-]+(?P<month>{_MONTH})\b{_YEAR}"),
    re.compile(rf"\b(?P<month>{_MONTH})[\s-]+{_ORDINAL}\b{_YEAR}"),
    re.compile(r"\b(?P<day>\d{1,2})/(?P<month>\d{1,2})(?:/(?P<year>20\d\d))?\b"),
    re.compile(r"\b(?P<day>\d{1,2})[.-](?P<month>\d{1,2})[.-](?P<year>20\d\d)\b"),
    re.compile(r"(?<!at )\b(?P<day>[0-3]?\d)\.(?P<month>0?[1-9]|1[0-2])\.(?!\d)(?P<year>)"),
)
_DAY_OF_MONTH = re.compile(
    r"\b(?:on )?(?:the )?(?P<day>\d{1,2})(?:st|nd|rd|th)\b(?!\s+(?:one|option|train|show|class|row|seat))"
)


class NoSuchDay(ValueError):
    """The calendar has no such day, like 31 February."""


@dataclass(frozen=True, slots=True)
class DayFromToday:
    days: int

    def date(self, today: Date) -> Date:
        return today + timedelta(days=self.days)

    def last(self, today: Date) -> Date:
        return self.date(today)


@dataclass(frozen=True, slots=True)
class Weekday:
    """The next such day, today included; with `next_week`, the one in the week that begins on the coming Monday."""

    weekday: int
    next_week: bool = False

    def date(self, today: Date) -> Date:
        if self.next_week:
            return today + timedelta(days=7 - today.weekday() + self.weekday)
        return today + timedelta(days=(self.weekday - today.weekday()) % 7)

    def last(self, today: Date) -> Date:
        return self.date(today)


@dataclass(frozen=True, slots=True)
class Span:
    """A weekend or a week, from today if it has begun: this one, or the next."""

    weekend: bool
    next_one: bool = False

    def date(self, today: Date) -> Date:
        monday = today - timedelta(days=today.weekday()) + timedelta(days=_DAYS_A_WEEK * self.next_one)
        return max(today, monday + timedelta(days=_SATURDAY if self.weekend else 0))

    def last(self, today: Date) -> Date:
        return today + timedelta(days=_DAYS_A_WEEK - 1 - today.weekday() + _DAYS_A_WEEK * self.next_one)


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day of a month; without a year, or without a month, the next such day, today included."""

    day: int
    month: int | None
    year: int | None = None

    def date(self, today: Date) -> Date:
        """
        Raises:
            NoSuchDay: the calendar has no such day.
        """
        last_year = today.year + 8  # 29 February may be that far away
        months = [self.month] if self.month else range(1, 13)
        for year in [self.year] if self.year else range(today.year, last_year + 1):
            for month in months:
                try:
                    found = Date(year, month, self.day)
                except ValueError:
                    continue
                if self.year or found >= today:
                    return found
        raise NoSuchDay(f"There is no day {self.day} in month {self.month}.")

    def last(self, today: Date) -> Date:
        """
        Raises:
            NoSuchDay: the calendar has no such day.
        """
        return self.date(today)


DayMention = DayFromToday | Weekday | Span | CalendarDay


def day_as_json(day: DayMention) -> list[Any]:
    match day:
        case DayFromToday():
            return ["days", day.days]
        case Weekday():
            return ["weekday", day.weekday, day.next_week]
        case Span():
            return ["span", day.weekend, day.next_one]
        case CalendarDay():
            return ["date", day.day, day.month, day.year]
        case _:
            assert_never(day)


def day_from_json(said: Any) -> DayMention | None:
    """What day_as_json wrote; None of anything else."""
    match said:
        case ["days", int(days)] if abs(days) <= _FAR_AWAY_DAYS:
            return DayFromToday(days)
        case ["weekday", int(weekday), bool(next_week)] if 0 <= weekday < _DAYS_A_WEEK:
            return Weekday(weekday, next_week)
        case ["span", bool(weekend), bool(next_one)]:
            return Span(weekend, next_one)
        case ["date", int(day), int() | None as month, int() | None as year]:
            return CalendarDay(day, month, year)
        case _:
            return None


def take_day(reading: Reading) -> DayMention | None:
    """Take the day that the message names, however it is put, out of the reading."""
    if reading.take_match(_DAY_AFTER_TOMORROW, kind="_day"):
        return DayFromToday(2)
    if match := reading.take_match(_IN_DAYS, kind="_day"):
        count = _COUNT.get(match["n"]) or int(match["n"])
        return DayFromToday(count * (7 if match["unit"].startswith("week") else 1))
    for pattern in _CALENDAR:
        if match := reading.take_match(pattern, accept=lambda match: _is_month(match["month"]), kind="_day"):
            return CalendarDay(int(match["day"]), _month(match["month"]), int(match["year"]) if match["year"] else None)
    if match := reading.take_match(_SPAN, kind="_day"):
        return Span(weekend=match["what"] != "week", next_one=match["which"] == "next")
    if match := reading.take_match(_DAY_OF_MONTH, accept=lambda match: 1 <= int(match["day"]) <= 31, kind="_day"):
        return CalendarDay(int(match["day"]), None)
    return _take_day_word(reading)


def _is_month(text: str) -> bool:
    return text.isdigit() or text in _MONTHS_BY_NAME or closest(text, MONTHS) is not None


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    return _MONTHS_BY_NAME[text if text in _MONTHS_BY_NAME else closest(text, MONTHS) or ""]


def _take_day_word(reading: Reading) -> DayMention | None:
    words = reading.untaken()
    for n, word in enumerate(words):
        meant = word.text if word.text in _SHORT_DAYS else closest(word.text, (*_OFFSETS, *WEEKDAYS))
        if meant is None:
            continue
        reading.take(word.start, word.end, "_day")
        if meant in _OFFSETS:
            return DayFromToday(_OFFSETS[meant])
        weekday = _SHORT_DAYS[meant[:3]]
        return Weekday(weekday, next_week=n > 0 and words[n - 1].text in _NEXT)
    return None
