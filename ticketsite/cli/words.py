"""How are money, times, days and what is left written and read in a terminal?"""

from datetime import date, datetime, timedelta
from typing import Any

from rich.text import Text

from .errors import TicketError

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# By how many seats are free: beyond the last, there are plenty.
ALMOST_FULL, LIMITED = 5, 20
# Such as can be read on black and on white.
COLOURS = {"Available": "green", "Limited": "dark_orange3", "Almost full": "bold dark_orange3", "Sold out": "red"}


def left(free: int | None) -> str:
    """
    >>> [left(free) for free in (0, 3, 12, 200, None)]
    ['Sold out', 'Almost full', 'Limited', 'Available', 'Not known']
    """
    if free is None:
        return "Not known"
    if free == 0:
        return "Sold out"
    if free <= ALMOST_FULL:
        return "Almost full"
    return "Limited" if free <= LIMITED else "Available"


def coloured_left(free: int | None) -> Text:
    word = left(free)
    return Text(f"{word} ({free})" if free else word, style=COLOURS.get(word, "dim"))


def money(price: dict[str, str]) -> str:
    """
    >>> money({"amount": "1335.00", "currency": "INR"})
    'INR 1,335.00'
    """
    whole, _, cents = price["amount"].partition(".")
    return f"{price['currency']} {int(whole):,}.{cents}" if cents else f"{price['currency']} {int(whole):,}"


def moment(text: str) -> str:
    """RFC 3339, as the clock at the place shows it.

    >>> moment("2026-11-23T17:00:00+05:30")
    'Mon 23 Nov 2026, 17:00'
    """
    return f"{datetime.fromisoformat(text):%a %d %b %Y, %H:%M}"


def clock(text: str) -> str:
    return f"{datetime.fromisoformat(text):%H:%M}"


def days_later(start: str, end: str) -> int:
    """By the clocks at both ends.

    >>> days_later("2026-11-23T17:00:00+05:30", "2026-11-24T08:32:00+05:30")
    1
    """
    return (datetime.fromisoformat(end).date() - datetime.fromisoformat(start).date()).days


def duration(minutes: int) -> str:
    """
    >>> duration(932)
    '15 h 32 min'
    """
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02} min" if hours else f"{rest} min"


def day(text: str, today: date) -> date:
    """A day as people put it: today, tomorrow, a weekday to come, +3, or 2026-12-01.

    >>> day("friday", date(2026, 11, 21))
    datetime.date(2026, 11, 27)

    Raises:
        TicketError: it is none of these.
    """
    word = text.strip().lower()
    if word in ("today", "tomorrow"):
        return today + timedelta(days=word == "tomorrow")
    if word.startswith("+") and word[1:].isdigit():
        return today + timedelta(days=min(int(word[1:]), 365))
    weekday = next((n for n, name in enumerate(WEEKDAYS) if len(word) >= 3 and name.startswith(word)), None)
    if weekday is not None:
        return today + timedelta(days=(weekday - today.weekday()) % 7)
    try:
        return date.fromisoformat(word)
    except ValueError as error:
        raise TicketError(f'"{text}" is no day; write tomorrow, friday, +3 or 2026-12-01.') from error


def what_and_when(part: dict[str, Any]) -> tuple[str, str]:
    """Of a part of an order, or a place in a waiting list: what it is for, and when."""
    if trip := part.get("trip"):
        train = trip["train"]
        return (
            f"{train['number']} {train['name']}, {trip['from']['place']['name']} → {trip['to']['place']['name']}",
            moment(trip["from"]["departs_at"]),
        )
    performance = part["performance"]
    return f"{performance['show']}, {performance['venue']['name']}", moment(performance["starts_at"])
