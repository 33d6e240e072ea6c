"""What day may be meant? A mention becomes a date later, because where it is "today" depends on the place."""

from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta
from typing import Any, assert_never

_DAYS_A_WEEK = 7
_SATURDAY = 5
_FAR_AWAY_DAYS = 1000


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
class WeekdaysThrough:
    """From the next such weekday through another one after it: "Wednesday to Friday"."""

    first: int
    end: int

    def date(self, today: Date) -> Date:
        return Weekday(self.first).date(today)

    def last(self, today: Date) -> Date:
        return Weekday(self.end).date(self.date(today))


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


@dataclass(frozen=True, slots=True)
class Month:
    """All that is left of a month: this year's, or next year's once it is over."""

    month: int

    def date(self, today: Date) -> Date:
        year = today.year + (self.month < today.month)
        return max(today, Date(year, self.month, 1))

    def last(self, today: Date) -> Date:
        year = today.year + (self.month < today.month)
        after = Date(year + self.month // 12, self.month % 12 + 1, 1)
        return after - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Shifted:
    """So many days after another day that was talked of; before it if negative."""

    day: "DayMention"
    days: int

    def date(self, today: Date) -> Date:
        """
        Raises:
            NoSuchDay: the calendar has no such day.
        """
        return self.day.date(today) + timedelta(days=self.days)

    def last(self, today: Date) -> Date:
        """
        Raises:
            NoSuchDay: the calendar has no such day.
        """
        return self.date(today)


@dataclass(frozen=True, slots=True)
class WeekdayNear:
    """The weekday that comes closest to another day that was talked of, if it is not over: a Monday beside a Sunday."""

    weekday: int
    day: "DayMention"

    def date(self, today: Date) -> Date:
        """
        Raises:
            NoSuchDay: the calendar has no such day.
        """
        from_day = max(today, self.day.date(today) - timedelta(days=_DAYS_A_WEEK // 2))
        return from_day + timedelta(days=(self.weekday - from_day.weekday()) % _DAYS_A_WEEK)

    def last(self, today: Date) -> Date:
        """
        Raises:
            NoSuchDay: the calendar has no such day.
        """
        return self.date(today)


DayMention = DayFromToday | Weekday | WeekdaysThrough | Span | CalendarDay | Month | Shifted | WeekdayNear


def day_as_json(day: DayMention) -> list[Any]:
    match day:
        case DayFromToday():
            return ["days", day.days]
        case Weekday():
            return ["weekday", day.weekday, day.next_week]
        case WeekdaysThrough():
            return ["weekdays", day.first, day.end]
        case Span():
            return ["span", day.weekend, day.next_one]
        case CalendarDay():
            return ["date", day.day, day.month, day.year]
        case Month():
            return ["month", day.month]
        case Shifted():
            return ["shifted", day.days, *day_as_json(day.day)]
        case WeekdayNear():
            return ["near", day.weekday, *day_as_json(day.day)]
        case _:
            assert_never(day)


def day_from_json(said: Any, *, within_shift: bool = False) -> DayMention | None:
    """What day_as_json wrote; None of anything else."""
    match said:
        case ["days", int(days)] if abs(days) <= _FAR_AWAY_DAYS:
            return DayFromToday(days)
        case ["weekday", int(weekday), bool(next_week)] if 0 <= weekday < _DAYS_A_WEEK:
            return Weekday(weekday, next_week)
        case ["weekdays", int(first), int(end)] if 0 <= first < _DAYS_A_WEEK and 0 <= end < _DAYS_A_WEEK:
            return WeekdaysThrough(first, end)
        case ["span", bool(weekend), bool(next_one)]:
            return Span(weekend, next_one)
        case ["date", int(day), int() | None as month, int() | None as year]:
            return CalendarDay(day, month, year)
        case ["month", int(month)] if 1 <= month <= 12:
            return Month(month)
        case ["shifted", int(days), *other] if abs(days) <= _FAR_AWAY_DAYS and not within_shift:
            base = day_from_json(other, within_shift=True)
            return Shifted(base, days) if base else None
        case ["near", int(weekday), *other] if 0 <= weekday < _DAYS_A_WEEK and not within_shift:
            base = day_from_json(other, within_shift=True)
            return WeekdayNear(weekday, base) if base else None
        case _:
            return None


def beside(weekday: Weekday, day: DayMention) -> DayMention:
    """The weekday that is meant after a day that was talked of: the next one, or the closest to a day further away."""
    is_far = isinstance(day, CalendarDay | Month) or (isinstance(day, Weekday) and day.next_week)
    return WeekdayNear(weekday.weekday, day) if is_far else weekday


def shifted(day: DayMention, days: int) -> DayMention:
    """The day that many days later; one shift, however often it is shifted again."""
    match day:
        case Shifted(base, before):
            return Shifted(base, before + days)
        case WeekdayNear(weekday, _):
            return Shifted(Weekday(weekday), days)
        case _:
            return Shifted(day, days)
