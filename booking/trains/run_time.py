"""How are minutes since midnight of a run's day written? "21:30", or "06:10 +1" on the day after."""

import re

from django.utils.translation import gettext as _

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?:\s*\+(\d))?")
_MINUTES_A_DAY = 24 * 60


def run_time_of(text: str) -> int:
    """
    Raises:
        ValueError: it is no such time; the text says how one is written.
    """
    found = _CLOCK.fullmatch(text.strip())
    hours, minutes, days = (int(part or 0) for part in found.groups()) if found else (99, 0, 0)
    if hours > 23 or minutes > 59:
        raise ValueError(_("Write a time like 21:30, or 06:10 +1 on the day after."))
    return days * _MINUTES_A_DAY + hours * 60 + minutes


def run_time_text(minutes: int) -> str:
    day, minute = divmod(minutes, _MINUTES_A_DAY)
    return f"{minute // 60:02}:{minute % 60:02}" + (f" +{day}" if day else "")
