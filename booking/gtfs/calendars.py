"""On which days do the feed's services run, and by how many weeks must they be moved for that to be in the future?"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta

from booking.gtfs.errors import ImportRefused

# A feed that is over is moved until its last day lies so far ahead.
WEEKS_AHEAD = 52
MOST_WEEKS = 52 * 200

_LAST_DAY = """
SELECT max(day) FROM (SELECT max(ends_on) AS day FROM calendar WHERE service IN (SELECT service FROM wanted)
UNION ALL SELECT max(date) FROM calendar_date WHERE runs AND service IN (SELECT service FROM wanted))
"""


@dataclass(frozen=True, slots=True)
class Service:
    """`weekdays` is seven times 0 or 1, Monday first; `exceptions` are days with whether it runs."""

    code: str
    weekdays: str
    starts_on: Date
    ends_on: Date
    exceptions: tuple[tuple[Date, bool], ...]


def weeks_to_move(staged: sqlite3.Connection, asked: int | None, *, today: Date) -> int:
    """By how many weeks the feed's days are to be moved; whole ones, so that Mondays stay Mondays.

    `asked` is what the operator wants; None lets a feed that is over last for another year.

    Raises:
        ImportRefused: moved as asked it is over still.
    """
    text = staged.execute(_LAST_DAY).fetchone()[0]
    last = Date.fromisoformat(text) if text else Date.min
    if asked is None:
        asked = 0
        if last < today:
            asked = ((today - last).days + 6) // 7 + WEEKS_AHEAD
    if not -MOST_WEEKS <= asked <= MOST_WEEKS:
        raise ImportRefused(f"Days can be moved by up to {MOST_WEEKS} weeks.")
    if last.toordinal() + 7 * asked < today.toordinal():
        raise ImportRefused(f"The feed's last day is {last}; moved by {asked} weeks it is over still. Move it further.")
    return asked


def services(staged: sqlite3.Connection, weeks: int) -> Iterator[Service]:
    """The services that wanted trips run by, moved by so many weeks."""
    moved = timedelta(weeks=weeks)
    codes = staged.execute("SELECT DISTINCT service FROM wanted ORDER BY 1").fetchall()
    for (code,) in codes:
        days = staged.execute("SELECT date, runs FROM calendar_date WHERE service = ? ORDER BY 1", [code]).fetchall()
        exceptions = tuple((Date.fromisoformat(day) + moved, bool(runs)) for day, runs in days)
        said = staged.execute("SELECT weekdays, starts_on, ends_on FROM calendar WHERE service = ?", [code]).fetchone()
        if said is None:
            # Without a calendar a service runs on the days that it names, and on no others.
            yield Service(code, "0" * 7, exceptions[0][0], exceptions[-1][0], exceptions)
        else:
            first, last = (Date.fromisoformat(day) + moved for day in said[1:])
            yield Service(code, said[0], first, last, exceptions)
