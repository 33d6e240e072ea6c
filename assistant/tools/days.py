"""Which calendar days are meant? Where a train leaves or a show plays, today is another day than elsewhere."""

from datetime import date, datetime, timedelta

from assistant.dates import DayMention
from booking.models import Station, Venue


def day_at(zone_of: Station | Venue, day: DayMention, now: datetime) -> date:
    """The date, of several the first, that a mention means at a place, where it may be tomorrow already.

    Raises:
        NoSuchDay: the calendar has no such day.
    """
    return day.date(now.astimezone(zone_of.zone).date())


def days_at(zone_of: Station | Venue, day: DayMention, now: datetime) -> list[date]:
    """All dates that a mention means at a place: a weekend has two.

    Raises:
        NoSuchDay: the calendar has no such day.
    """
    today = now.astimezone(zone_of.zone).date()
    first, last = day.date(today), day.last(today)
    return [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
