"""How many, of which kind, for whom, and which of several? What a message says of seats beyond their names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from .limits import Limit
from .people import ADULT, AgeRange, N, number, people_in
from .reading import Reading
from .vocabulary import corrected

_MORE = r"(?:(?:more|free|good|best|cheap|cheapest|window|aisle|adjacent|neighbouring|other|of the|of) )*"
_ZONED = r"(?:[a-z0-9]+ ){0,3}?"
_LEADS = r"(?:just|only|we are|there are|ok|okay|then|wait|so|rather|sorry|no|well|actually|hm+|take|all|say)"
_OF_THEM = r"of (?:them|those|these|em)"
_COUNTS = (
    re.compile(
        rf"\b{N} (?={_MORE}{_ZONED}(?:seats?|tickets?|tix|tkts?|berths?|places?|passengers?|people|persons?|pax)\b)"
    ),
    re.compile(
        rf"\b(?:for|of|we are|were|us) {N}(?: of us)?\b"
        r"(?! (?:years?|yrs?|minutes?|hours?|days?|weeks?|the|night|train|show))"
    ),
    re.compile(rf"^(?:please )?{N} (?:for|of|to|on|in|at)\b"),
    re.compile(
        rf"\b(?:book|buy|take|reserve|want|need|hold|get)(?: me| us)? {N}"
        rf"(?= (?:{_OF_THEM}|of the|please|in|on|at|for|now)\b|$)"
    ),
    re.compile(rf"\b{N} of us\b"),
    re.compile(rf"\b(?:tickets?|tix|pax|passengers|persons|people) {N}\b(?! (?:minutes?|hours?|days?|weeks?))"),
    re.compile(rf"\bso {N}$"),
    re.compile(rf"\b(?:make (?:it|that|them)|(?:group|party|family) of) {N}\b"),
    re.compile(rf"^(?:{_LEADS} )*{N}(?: of us)?(?: please| then)?$"),
)
# "3AC x2", "2x stalls".
_TIMES = re.compile(r"(?<=\S )(?<!row )\bx ?(?P<n>[1-9])\b(?! ?\d)|(?<![\w-])(?P<m>[1-9]) ?x\b")
_IF_OF_THAT_AGE = re.compile(r"\b(?:if|what about|suppose|say) (?:he|she|they|the|my|one)\b")
_OF_A_SEAT = re.compile(r"\b(?:is|are|was|seats? x|berth|row|coach)\b")
_REFERENCE = re.compile(r"\b(?=[a-z]*\d|[bcdfghjkmnpqrstvwxyz]{8}\b)[bcdfghjkmnpqrstvwxyz2-9]{8}\b")
_AFTER_BOOKING = re.compile(
    r"\b(?:booking|order|reference|reservation|code|ref|pnr)(?: (?:code|number|reference|no|ref|id))?\s*[:#]?\s*"
    r"(?P<code>[a-z0-9]{8})\b"
)
_EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")
# "I cannot climb to an upper berth" wishes for none.
_UNWANTED = re.compile(
    r"\b(?:not|cannot|cant|no|dont|avoid|without)(?: \w+){0,4}? (?:window|aisle|lower|middle|upper)\b"
)
_FEATURES = {
    "window": r"windows?", "aisle": r"aisle|corridor", "lower": r"lower|bottom", "middle": r"middle(?= berth)",
    "upper": r"upper|top(?= berth)", "side": r"side(?= (?:berth|lower|upper))", "table": r"tables?",
    "accessible": r"wheel ?chairs?|accessible|disabled",
}  # fmt: skip
_CLASSES = {
    "AC1": r"1a|1ac|ac ?1|(?:1st|first) (?:ac|class|tier)",
    "AC2": r"2a|2ac|ac2|ac ?2(?: ?tier)?|2 ?tier|second (?:ac|class|tier)|two tier|2nd (?:ac|class)",
    "AC3": r"3a|3ac|ac3|ac ?3(?: ?tier)?|3 ?tier|third (?:ac|class|tier)|three tier|3rd (?:ac|class)",
    "GEN": r"(?<!in )general(?: class)?|gen|unreserved",
}
_CLASS_PATTERNS = {code: re.compile(rf"\b(?:{words})\b") for code, words in _CLASSES.items()}
_CHOICES = {
    "first": r"(?:the )?(?:first|1st) (?:one|option|train|show|performance)|the first|option (?:1|one)|number one"
    r"|(?:the )?(?:earlier|former) (?:one|train|show|performance)?",
    "second": r"(?:the )?(?:second|2nd) (?:one|option|train|show|performance)|the second|option (?:2|two)|number two"
    r"|(?:the )?(?:later|latter) (?:one|train|show|performance)",
    "third": r"(?:the )?(?:third|3rd) (?:one|option|train|show|performance)|the third|option (?:3|three)|number three",
    "last": r"(?:the )?last (?:one|option)|the last$",
}
_CHOICE_PATTERNS = {which: re.compile(rf"\b(?:{words})\b") for which, words in _CHOICES.items()}
POSITION_OF = {"first": 0, "second": 1, "third": 2, "last": -1}
_EXTREMES = {
    "cheapest": r"cheap(?:est|er)?|least expensive|lowest(?: price| fare| cost)?|low cost|most affordable",
    "fastest": r"fast(?:est|er)?|quick(?:est|er)?|shortest|least time",
    "earliest": r"earl(?:iest|ier)|first (?=trains?|shows?|departures?|connections?|performances?)|soonest",
    "latest": r"latest|last (?=trains?|shows?|departures?|connections?|performances?)",
    "next": r"next (?=trains?|shows?|departures?|connections?|performances?|available|one|possible)",
    "longest": r"longest|lengthiest",
    "first_there": r"first to (?:reach|arrive|get)"
    r"|(?:reach(?:es)?|arrives?|there|gets? \w+) (?:first|earliest|soonest)",
    "best": r"best (?=seats?|tickets?|places?|available|ones?)|most expensive|priciest|dearest",
}
_WAYS = {
    "both": r"both (?:ways|directions|legs|journeys)|there and back|round trip|whole (?:trip|journey|booking)",
    "back": r"way (?:back|home)|(?:journey|trip|train|ride) (?:back|home)|inbound"
    r"|return (?:journey|leg|trip|train|half|part|bit)|(?:the|my|our) return(?! (?:my|our|the|of)\b)",
    "out": r"outward|outbound|onward journey|way (?:there|out)|(?:journey|trip|train|ride) there|first leg",
}
_WAY_PATTERNS = {way: re.compile(rf"\b(?:{words})\b") for way, words in _WAYS.items()}
_EXTREME_PATTERNS = {which: re.compile(rf"\b(?:{words})\b") for which, words in _EXTREMES.items()}


@dataclass(frozen=True, slots=True)
class Wishes:
    """`passengers` by the code of their type; `choice` is which of what was offered, `extreme` which of all.

    `mentions` are kinds of passengers that are spoken of without a number: "is there a child fare?". `way` is "out",
    "back" or "both" of a journey there and back.
    """

    count: int | None = None
    passengers: Mapping[str, int] = field(default_factory=dict)
    mentions: tuple[str, ...] = ()
    ages: tuple[int, ...] = ()
    seat_class: str = ""
    features: tuple[str, ...] = ()
    choice: str = ""
    extreme: str = ""
    way: str = ""
    reference: str = ""
    email: str = ""
    limit: Limit | None = None


def take_reference(reading: Reading) -> str:
    """A booking's code, taken out of the reading; '' if there is none."""
    if match := reading.take_match(_AFTER_BOOKING, accept=lambda m: _may_be_code(m["code"]), kind="_booking"):
        return match["code"].upper()
    match = reading.take_match(
        _REFERENCE, accept=lambda m: m.group() in reading.shouted or bool(re.search(r"\d", m.group())), kind="_booking"
    )
    return match.group().upper() if match else ""


def _may_be_code(text: str) -> bool:
    return bool(re.search(r"\d", text) or _REFERENCE.fullmatch(text))


def take_email(reading: Reading) -> str:
    match = reading.take_match(_EMAIL, kind="_email")
    return match.group() if match else ""


def take_class(reading: Reading) -> str:
    """A class of travel as people call it, by the code that railways here use, taken out of the reading.

    None where several are named: whoever compares wants to hear of all.
    """
    named = [code for code, pattern in _CLASS_PATTERNS.items() if reading.take_match(pattern, kind="_class")]
    return named[0] if len(named) == 1 else ""


def take_times(reading: Reading) -> int | None:
    """How many, of "3AC x2": never of "is X2 free", which is a seat."""
    if _OF_A_SEAT.search(reading.text):
        return None
    match = reading.take_match(_TIMES, kind="_count")
    return int(match["n"] or match["m"]) if match else None


def wishes_in(
    reading: Reading,
    *,
    reference: str,
    email: str,
    seat_class: str,
    limit: Limit | None = None,
    ages: Sequence[AgeRange] = (),
    times: int | None = None,
) -> Wishes:
    """What the rest of the message says; `times` is how many were told as "x2".

    Words that patterns of intents look for stay in the reading.
    """
    rest = " ".join(corrected(word.text) for word in reading.untaken())
    wished = _UNWANTED.sub("", rest)
    people = people_in(rest, ages)
    return Wishes(
        count=_of_all(sum(people.of_kind.values()), times or _count(rest)),
        passengers=people.of_kind,
        mentions=people.mentions,
        ages=people.ages,
        seat_class=seat_class,
        features=tuple(name for name, words in _FEATURES.items() if re.search(rf"\b(?:{words})\b", wished)),
        choice=next((which for which, pattern in _CHOICE_PATTERNS.items() if pattern.search(rest)), ""),
        extreme=next((which for which, pattern in _EXTREME_PATTERNS.items() if pattern.search(rest)), ""),
        way=next((way for way, pattern in _WAY_PATTERNS.items() if pattern.search(rest)), ""),
        reference=reference,
        email=email,
        limit=limit,
    )


def with_other_ages(rest: str, new: Wishes, old: Wishes) -> Wishes:
    """After "and if he was 4?" the others still travel, and whoever was told of before is of that age instead."""
    if not new.ages or not old.passengers or not _IF_OF_THAT_AGE.search(rest):
        return new
    left, replaced = dict(old.passengers), len(new.ages)
    for kind in sorted(left, key=lambda kind: kind == ADULT):
        taken = min(replaced, left[kind])
        left[kind] -= taken
        replaced -= taken
    for kind, count in new.passengers.items():
        left[kind] = left.get(kind, 0) + count
    kept = {kind: count for kind, count in left.items() if count}
    return replace(new, passengers=kept, count=sum(kept.values()) or 1)


def _of_all(told: int, count: int | None) -> int | None:
    """How many travel: those who were told one by one, or more of them where a larger number was said."""
    return max(told, count or 0) or None


def _count(rest: str) -> int | None:
    for pattern in _COUNTS:
        match = pattern.search(rest)
        if match and match["n"] not in {"a", "an"} and (count := number(match["n"])):
            return count
    return None
