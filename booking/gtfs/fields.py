"""What does one value of a feed mean?"""

import re
import zoneinfo
from datetime import date as Date
from decimal import Decimal, InvalidOperation

from booking.gtfs.reading import Row

_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d)")
_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
# A train that is under way for longer is a mistake in the feed.
LONGEST_DAYS = 7


def read_minute(row: Row, column: str) -> int | None:
    """Minutes since the service day's midnight, over 24:00 after the next one; None where the feed leaves it open.

    Raises:
        FeedError: no time of day.
    """
    text = row[column]
    if not text:
        return None
    found = _CLOCK.fullmatch(text)
    hours, minutes = (int(found[1]), int(found[2])) if found else (LONGEST_DAYS * 24, 0)
    if hours >= LONGEST_DAYS * 24:
        raise row.error(f"{column} is {text!r}, but must be a time like 08:05:00, or 24:05:00 after midnight.")
    return hours * 60 + minutes


def read_date(row: Row, column: str) -> Date:
    """
    Raises:
        FeedError: no date.
    """
    found = _DATE.fullmatch(row[column])
    try:
        if found:
            return Date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise row.error(f"{column} is {row[column]!r}, but must be a date like 20260131.")


def read_number(row: Row, column: str, *, least: int, most: int, default: int | None = None) -> int:
    """
    Raises:
        FeedError: no whole number, or none in this range.
    """
    text = row[column]
    if not text and default is not None:
        return default
    if not re.fullmatch(r"-?\d{1,9}", text) or not least <= int(text) <= most:
        raise row.error(f"{column} is {text!r}, but must be a whole number from {least} to {most}.")
    return int(text)


def read_amount(row: Row, column: str) -> Decimal:
    """Money, to the hundredth; the feed says the currency elsewhere.

    Raises:
        FeedError: no amount, or less than nothing.
    """
    try:
        amount = Decimal(row[column])
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or amount < 0 or amount >= Decimal(10) ** 9:
        raise row.error(f"{column} is {row[column]!r}, but must be an amount of 0 or more, like 3.75.")
    return amount.quantize(Decimal("0.01"))


def read_place(row: Row) -> tuple[float, float] | None:
    """Latitude and longitude in degrees; None if the stop has none.

    Raises:
        FeedError: one without the other, or nowhere on earth.
    """
    texts = row["stop_lat"], row["stop_lon"]
    if texts == ("", ""):
        return None
    try:
        latitude, longitude = float(texts[0]), float(texts[1])
    except ValueError:
        latitude = longitude = 999.0
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise row.error(f"stop_lat {texts[0]!r} and stop_lon {texts[1]!r} are no place on earth.")
    return latitude, longitude


def read_zone(row: Row, column: str, default: str = "") -> str:
    """
    Raises:
        FeedError: no IANA time zone.
    """
    name = row[column] or default
    if name and name not in zoneinfo.available_timezones():
        raise row.error(f"{column} is {name!r}, which is no IANA time zone.")
    return name
