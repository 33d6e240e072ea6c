"""How do people say a day? Its recogniser takes it out of a message, however it is put or misspelt."""

import re

from .dates import CalendarDay, DayFromToday, DayMention, Month, Span, Weekday, WeekdaysThrough
from .reading import Reading
from .vocabulary import MONTHS, VOCABULARY, WEEKDAYS, closest, slips

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
_HOLIDAYS = (
    (re.compile(r"\b(?:christmas|xmas|x-mas) eve\b"), (24, 12)),
    (re.compile(r"\b(?:christmas|xmas|x-mas)(?: day)?\b"), (25, 12)),
    (re.compile(r"\bboxing day\b"), (26, 12)),
    (re.compile(r"\b(?:new years? eve|31st night)\b"), (31, 12)),
    (re.compile(r"\bnew years?(?: day)?\b"), (1, 1)),
    (re.compile(r"\brepublic day\b"), (26, 1)),
    (re.compile(r"\bvalentines?(?: day)?\b"), (14, 2)),
    (re.compile(r"\bindependence day\b"), (15, 8)),
    (re.compile(r"\bgandhi jayanti\b"), (2, 10)),
)
# Only the word alone, or after "in": "march" and "may" are said of other things too.
_IN_MONTH = re.compile(r"\b(?:in|during|for|of|this|next|early|late|mid|end of) (?P<month>[a-z]{3,10})\b(?!\s*\d)")
_MONTH_ALONE = re.compile(r"\b(?P<month>[a-z]{3,10})\b(?!\s*\d)")
_MONTH_WORDS = frozenset({"may", "march", "mar", "sun", "sat"})
_N_DAYS = r"(?P<n>a|one|two|three|four|five|six|seven|\d{1,2})"
# Relative to what is talked of; "two days before departure" and "how many days later" are none.
_SHIFTS = (
    re.compile(rf"\b{_N_DAYS} (?P<unit>days?|weeks?) (?P<way>later|after|earlier|before|sooner)\b(?! \w)"),
    re.compile(rf"\b{_N_DAYS} (?P<unit>days?|weeks?) (?P<way>later|earlier|sooner)\b"),
    re.compile(
        r"\b(?:the |same time )?(?P<unit>day|week) (?P<way>after|before|later|earlier)\b"
        r"(?! (?!that\b|instead\b|please\b|then\b)\w)"
    ),
    re.compile(r"\b(?:the )?(?:next|following) (?P<unit>day)\b"),
    re.compile(r"\b(?:the )?(?P<way>previous|preceding) (?P<unit>day|week)\b"),
    re.compile(r"\b(?:the )?following (?P<unit>week)\b"),
)
_BACKWARDS = frozenset({"earlier", "before", "sooner", "previous", "preceding"})
_DAYS_A_WEEK = 7
_A_WEEKDAY = "|".join([*WEEKDAYS, *sorted(_SHORT_DAYS, key=len, reverse=True)])
_THROUGH = re.compile(
    rf"\b(?P<first>{_A_WEEKDAY})(?: ?[-–] ?| to | till | until | through | thru )(?P<end>{_A_WEEKDAY})\b"
)
RETURNS = re.compile(
    r"\b(?:return (?:tickets?|journey|trip|train|fare)|round trip|(?:coming|going|travel\w*|get\w*) back|and back"
    r"|(?:and|to and) (?:return|fro)|returning|return on|both ways)\b"
)
# Then one is the day that was, and the other the day that is wished for.
_MOVES = re.compile(r"\b(?:change|chang\w+|move|exchange|switch|shift|swap|instead|reschedule|postpone|from)\b")
# "Wensday", "saterday": two slips are forgiven where the word ends as a day does.
_SHORTEST_MISSPELT_DAY = 6
_SLIPS_IN_A_DAY = 2
_NOT_A_DAY = r"one|option|train|show|class|row|seat|tier|ac|a/c|sleeper|floor|time|birthday|child|person|passenger"
_DAY_OF_MONTH = re.compile(rf"\b(?:on )?(?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)\b(?!\s+(?:{_NOT_A_DAY}))")


def take_day(reading: Reading) -> DayMention | None:
    """Take the day that the message names, however it is put, out of the reading."""
    if reading.take_match(_DAY_AFTER_TOMORROW, kind="_day"):
        return DayFromToday(2)
    if match := reading.take_match(_IN_DAYS, kind="_day"):
        count = _COUNT.get(match["n"]) or int(match["n"])
        return DayFromToday(count * (7 if match["unit"].startswith("week") else 1))
    if not _MOVES.search(reading.text) and (match := reading.take_match(_THROUGH, kind="_day")):
        return WeekdaysThrough(_SHORT_DAYS[match["first"][:3]], _SHORT_DAYS[match["end"][:3]])
    for pattern in _CALENDAR:
        if match := reading.take_match(pattern, accept=lambda match: _is_month(match["month"]), kind="_day"):
            return CalendarDay(int(match["day"]), _month(match["month"]), int(match["year"]) if match["year"] else None)
    for holiday, (day, month) in _HOLIDAYS:
        if reading.take_match(holiday, kind="_day"):
            return CalendarDay(day, month)
    if match := reading.take_match(_SPAN, kind="_day"):
        return Span(weekend=match["what"] != "week", next_one=match["which"] == "next")
    if match := reading.take_match(_DAY_OF_MONTH, accept=lambda match: 1 <= int(match["day"]) <= 31, kind="_day"):
        return CalendarDay(int(match["day"]), None)
    return _take_day_word(reading) or _take_month(reading)


def take_way_back(reading: Reading) -> DayMention | None:
    """Take the second day of a return journey, "going Friday coming back Sunday", after the first was taken."""
    return take_day(reading) if RETURNS.search(reading.text) else None


def take_shift(reading: Reading) -> int | None:
    """Take "a week later", "the day before": in days after what is talked of."""
    for pattern in _SHIFTS:
        if match := reading.take_match(pattern, kind="_day"):
            said = match.groupdict()
            count = _COUNT.get(said.get("n") or "a") or int(said["n"])
            days = count * (_DAYS_A_WEEK if said["unit"].startswith("week") else 1)
            return -days if said.get("way") in _BACKWARDS else days
    return None


def _take_month(reading: Reading) -> DayMention | None:
    """A month without a day."""
    match = reading.take_match(_IN_MONTH, accept=lambda match: match["month"] in _MONTHS_BY_NAME, kind="_day")
    match = match or reading.take_match(
        _MONTH_ALONE,
        accept=lambda match: match["month"] in _MONTHS_BY_NAME and match["month"] not in _MONTH_WORDS,
        kind="_day",
    )
    return Month(_MONTHS_BY_NAME[match["month"]]) if match else None


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
        meant = meant or _weekday_misspelt(word.text)
        if meant is None:
            continue
        reading.take(word.start, word.end, "_day")
        if meant in _OFFSETS:
            return DayFromToday(_OFFSETS[meant])
        weekday = _SHORT_DAYS[meant[:3]]
        return Weekday(weekday, next_week=n > 0 and words[n - 1].text in _NEXT)
    return None


def _weekday_misspelt(word: str) -> str | None:
    if not word.endswith("day") or len(word) < _SHORTEST_MISSPELT_DAY or word in VOCABULARY:
        return None
    near = [day for day in WEEKDAYS if day[0] == word[0] and slips(word, day) <= _SLIPS_IN_A_DAY]
    return min(near, key=lambda day: slips(word, day), default=None)
