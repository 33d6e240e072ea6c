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


def _days_in(message: str) -> list[DayMention]:
    reading = Reading(message)
    found: list[DayMention] = []
    while len(found) < _MOST_DAYS and (day := take_day(reading)):
        found.append(day)
    return found
