"""Which day does a message mean? A mention becomes a date later, because where it is "today" depends on the place."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from .reading import Reading
from .vocabulary import MONTHS, WEEKDAYS, closest

_OFFSETS = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1, "tmrw": 1, "tmr": 1}
_SHORT_DAYS = {
    "mon": 0, "tue": 1, "tues": 1, "wed": 2, "weds": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6,
}  # fmt: skip
_MONTHS_BY_NAME = {name: n for n, month in enumerate(MONTHS, start=1) for name in (month, month[:3])} | {"sept": 9}
_MONTH = r"[a-z]{3,10}"
_YEAR = r"(?:[\s,]+(?P<year>20\d\d))?"
_ORDINAL = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"

_DAY_AFTER_TOMORROW = re.compile(r"\bday after (?:tomorrow|tommorow|tomorow|tommorrow)\b")
_IN_DAYS = re.compile(r"\bin (?P<n>\d{1,2}|a|one|two|three) (?P<unit>days?|weeks?)\b")
_COUNT = {"a": 1, "one": 1, "two": 2, "three": 3}
_CALENDAR = (
    re.compile(r"\b(?P<year>20\d\d)-(?P<month>\d{1,2})-(?P<day>\d{1,2})\b"),
    re.compile(rf"\b{_ORDINAL}(?:\s+of)?[\s-]+(?P<month>{_MONTH})\b{_YEAR}"),
    re.compile(rf"\b(?P<month>{_MONTH})[\s-]+{_ORDINAL}\b{_YEAR}"),
    re.compile(r"\b(?P<day>\d{1,2})/(?P<month>\d{1,2})(?:/(?P<year>20\d\d))?\b"),
    re.compile(r"\b(?P<day>\d{1,2})[.-](?P<month>\d{1,2})[.-](?P<year>20\d\d)\b"),
)


class NoSuchDay(ValueError):
    """The calendar has no such day, like 31 February."""


@dataclass(frozen=True, slots=True)
class DayFromToday:
    days: int

    def date(self, today: date) -> date:
        return today + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Weekday:
    """The next such day, today included; with `next_week`, the one in the week that begins on the coming Monday."""

    weekday: int
    next_week: bool = False

    def date(self, today: date) -> date:
        if self.next_week:
            return today + timedelta(days=7 - today.weekday() + self.weekday)
        return today + timedelta(days=(self.weekday - today.weekday()) % 7)


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day of a month; without a year, the next such day, today included."""

    day: int
    month: int
    year: int | None = None

    def date(self, today: date) -> date:
        """
        Raises:
            NoSuchDay: the calendar has no such day.
        """
        last_year = today.year + 8  # 29 February may be that far away
        for year in [self.year] if self.year else range(today.year, last_year + 1):
            try:
                found = date(year, self.month, self.day)
            except ValueError:
                continue
            if self.year or found >= today:
                return found
        raise NoSuchDay(f"There is no day {self.day} in month {self.month}.")


DayMention = DayFromToday | Weekday | CalendarDay


def take_day(reading: Reading) -> DayMention | None:
    """Take the day that the message names, however it is put, out of the reading."""
    if reading.take_match(_DAY_AFTER_TOMORROW):
        return DayFromToday(2)
    if match := reading.take_match(_IN_DAYS):
        count = _COUNT.get(match["n"]) or int(match["n"])
        return DayFromToday(count * (7 if match["unit"].startswith("week") else 1))
    for pattern in _CALENDAR:
        if match := reading.take_match(pattern, accept=lambda match: _is_month(match["month"])):
            return CalendarDay(int(match["day"]), _month(match["month"]), int(match["year"]) if match["year"] else None)
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
        reading.take(word.start, word.end)
        if meant in _OFFSETS:
            return DayFromToday(_OFFSETS[meant])
        weekday = _SHORT_DAYS[meant[:3]]
        return Weekday(weekday, next_week=n > 0 and words[n - 1].text == "next")
    return None
