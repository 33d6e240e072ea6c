"""To which day would somebody go instead? Counted from their booking's own, or of two the one that it is not for."""

import re
from datetime import datetime, timedelta

from booking.models import OrderPart
from booking.services import boards_at

from .dates import CalendarDay, DayMention, Weekday
from .days_said import take_day
from .reading import Reading

_MOST_DAYS = 3
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_SHIFTED = re.compile(
    r"\b(?P<n>\d|an?|one|two|three|four|five|six) (?:more )?(?:days?|weeks?)"
    r" (?:later|after|further|earlier|before|sooner|ahead)\b"
    r"|\b(?:the )?(?:following|previous) (?:day|week)\b(?! ?end)|\b(?:the )?next day\b"
    r"|\b(?:the )?(?:day|week) (?:after|before)\b(?! (?:tomorrow|yesterday))"
)
_BEFORE = re.compile(r"\b(?:earlier|before|sooner|previous)\b")
_DAYS_A_WEEK = 7
# "From Saturday", "my Tuesday people", "the Friday show", "today's ticket": the day is that of what one has.
_OF_WHAT_ONE_HAS = re.compile(
    r"\bfrom (?:the )?(?P<from>\w+(?: \w+)?)|\b(?:my|our) (?P<my>\w+(?: \w+)?)|\b(?P<whose>\w*days)(?= \w)"
    r"|(?<!on )(?<!to )(?<!for )(?<!by )\b(?:the|this|that) (?P<the>\w+(?: \w+)?)"
    r"(?= (?:people|lot|tickets?|trains?|seats?|shows?|bookings?|journeys?|trips?|ones?)\b)"
)


def day_wished(part: OrderPart, *, day: DayMention | None, message: str, now: datetime) -> DayMention | None:
    """
    Args:
        day: what the message, or one before it, names.
        message: what was said, folded.

    Raises:
        NoSuchDay: the calendar has no such day.
    """
    begins = boards_at(inventory=part.inventory, first_leg=part.first_leg)
    zone = begins.tzinfo if part.inventory.is_train else part.inventory.performance.hall.venue.zone
    own, today = begins.astimezone(zone).date(), now.astimezone(zone).date()
    named = _days_in(_SHIFTED.sub("", message))
    shifted = _SHIFTED.search(message)
    weekdays = [other for other in named if isinstance(other, Weekday)]
    if shifted and len(weekdays) == len(named) < 2:
        count = _COUNTS.get(shifted["n"] or "a") or int(shifted["n"])
        days = timedelta(days=count * (_DAYS_A_WEEK if "week" in shifted.group() else 1))
        wished = own - days if _BEFORE.search(shifted.group()) else own + days
        # "Saturday the week after" is a day of that week.
        wished += timedelta(days=weekdays[0].weekday - wished.weekday()) if weekdays else timedelta()
        return CalendarDay(wished.day, wished.month, wished.year)
    others = [other for other in named if other.date(today) != own]
    return others[0] if len(named) > 1 and others else day


def day_had(message: str) -> DayMention | None:
    """The day that is said of what somebody has, and not of what they would have instead.

    Args:
        message: what was said, folded.
    """
    found = _had_in(message)
    return found[0] if found else None


def without_day_had(message: str, day: DayMention | None) -> DayMention | None:
    """Of the days that are named the one that is wished for: not that of what one has; None if there is no other."""
    found = _had_in(message)
    if found is None:
        return day
    had, start, end = found
    others = _days_in(message[:start] + " " + message[end:])
    if others:
        return others[0]
    return None if day == had else day


def _had_in(message: str) -> tuple[DayMention, int, int] | None:
    """With where its words begin and end."""
    for match in _OF_WHAT_ONE_HAS.finditer(message):
        group = match.lastgroup or ""
        reading = Reading(match[group])
        day = take_day(reading)
        first = reading.words()[0]
        if day is not None and reading.is_taken(first):
            taken = [word for word in reading.words() if reading.is_taken(word)]
            return day, match.start(group), match.start(group) + taken[-1].end
    return None


def _days_in(message: str) -> list[DayMention]:
    reading = Reading(message)
    found: list[DayMention] = []
    while len(found) < _MOST_DAYS and (day := take_day(reading)):
        found.append(day)
    return found
