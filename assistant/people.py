"""Who travels? How many of each kind a message speaks of: counted, by their ages, or by what they are to somebody."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "couple": 2, "both": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip
N = r"(?P<n>\d{1,2}|" + "|".join(NUMBERS) + ")"
ADULT = "adult"
# "2 people and a kid" are three.
_ADULTS = r"adults?|grown ?ups?|(?:people|persons)(?= (?:and|plus|with) \w+ (?:kids?|child|children|seniors?)\b)"
_CHILDREN = r"child(?:ren)?|kids?|childs|minors?"
_SENIORS = r"seniors?(?: citizens?)?|pensioners?|old people|elderly"
_WHO = {ADULT: _ADULTS, "child": _CHILDREN, "senior": _SENIORS}
_COUNTED = {
    kind: re.compile(rf"\b{N}(?: of)?(?: (?:them|us))?(?: are)?(?: (?:other|small|little|young))? (?:{words})\b")
    for kind, words in _WHO.items()
}
_MENTIONED = {kind: re.compile(rf"\b(?:{words})\b") for kind, words in _WHO.items() if kind != ADULT}
_ONE_MORE = (
    r"wife|husband|partner|spouse|girlfriend|boyfriend|friend|colleague|mate|cousin|uncle|aunt|aunty|boss|"
    r"mother|father|mum|mom|mummy|dad|papa|brother|sister|son|daughter|grandmother|grandfather|grandma|grandpa|"
    r"granny|nephew|niece|grandson|granddaughter|baby|toddler|infant"
)
_TWO_MORE = r"parents|grandparents|in laws"
_RELATION = re.compile(
    rf"\b(?:my|our|his|her|the)(?: (?:old|elderly|little|younger|older|elder|best|small))? "
    rf"(?:(?P<one>{_ONE_MORE})|(?P<two>{_TWO_MORE}))\b"
)
_AND_RELATION = re.compile(rf"\b(?:and|plus|with|n|me|myself) (?:(?P<one>{_ONE_MORE})|(?P<two>{_TWO_MORE}))\b")
_MYSELF_TOO = re.compile(
    r"\b(?:me|myself|i)(?: and| plus| with|$)|\b(?:and|plus) (?:me|myself|i)\b|^(?:so |hi |hello )*me my\b"
    rf"|\bme (?:my )?(?:{_ONE_MORE}|{_TWO_MORE})\b"
)
_FRIENDS = re.compile(
    rf"\b{N} (?:friends|colleagues|cousins|others|mates|sons|daughters|brothers|sisters|boys|girls)\b"
)
_PERSON = (
    rf"he|she|they|hes|shes|theyre|who|kids?|child|children|boys?|girls?|sons|daughters|babies|{_ONE_MORE}|{_TWO_MORE}"
)
# "7 and 10", "4 9 and 12".
_YEARS = r"(?P<ages>\d{1,2}(?:(?: and| n| or)? \d{1,2}){0,5})"
_NO_AGE = (
    r"(?! (?:minutes?|hours?|days?|weeks?|people|persons?|seats?|tickets?|berths?|adults?|kids?|children|of|free))"
)
_AGES = (
    re.compile(rf"\b{_YEARS} (?:years?|yrs?|yr)(?: olds?| of age)\b"),
    re.compile(r"\b(?P<ages>\d{1,2}) ?(?:yo|yrs|y o)\b"),
    re.compile(rf"\b(?:aged?|ages) (?:is |of |are )?{_YEARS}\b"),
    re.compile(
        rf"\b(?:{_PERSON})(?: (?:is|are|was|turns|turning|just|only|will be|about))* {_YEARS}\b{_NO_AGE}",
    ),
)
_OLDEST = 115
_MOST = 10


@dataclass(frozen=True, slots=True)
class AgeRange:
    """Who pays a reduced fare, by the code of the passenger type: from `first` to `last` years, both included."""

    code: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class People:
    """`of_kind` by the code of the passenger type; `mentions` are kinds spoken of without a number; `ages` in years."""

    of_kind: Mapping[str, int]
    mentions: tuple[str, ...]
    ages: tuple[int, ...]


def ages_in_name(code: str, name: str) -> AgeRange | None:
    """The ages that the name of a passenger type says: "Child (5 to 11)", "Senior (from 60)", "Under 5"."""
    years = [int(number) for number in re.findall(r"\d{1,3}", name)]
    match years:
        case [first, last] if first < last:
            return AgeRange(code, first, last)
        case [last] if re.search(r"\b(?:under|below|up to|until|bis|unter)\b", name, re.IGNORECASE):
            return AgeRange(code, 0, last)
        case [first]:
            return AgeRange(code, first, _OLDEST)
        case _:
            return None


def people_in(rest: str, known: Sequence[AgeRange]) -> People:
    """
    Args:
        rest: a message's words, corrected, without names and days.
        known: the reduced fares there are. Who is older than a child's fare and of no such age is an adult.
    """
    of_kind: dict[str, int] = {}
    for kind, pattern in _COUNTED.items():
        for match in pattern.finditer(rest):
            of_kind[kind] = of_kind.get(kind, 0) + number(match["n"])
    mentions = tuple(kind for kind, pattern in _MENTIONED.items() if kind not in of_kind and pattern.search(rest))
    ages = _ages(rest)
    if company := _company(rest):
        of_kind[ADULT] = max(of_kind.get(ADULT, 0), company)
    return People(_with_ages(of_kind, ages, known) if ages else of_kind, mentions, ages)


def number(word: str) -> int:
    return NUMBERS.get(word) or (int(word) if word.isdigit() else 0)


def _ages(rest: str) -> tuple[int, ...]:
    found: list[int] = []
    for pattern in _AGES:
        for match in pattern.finditer(rest):
            found += [int(years) for years in re.findall(r"\d+", match["ages"])]
        rest = pattern.sub("", rest)
    return tuple(years for years in found if years <= _OLDEST)[:_MOST]


def _company(rest: str) -> int:
    """Those who are told one by one: "me and my wife" are two, "my parents" too; none where it is one alone."""
    relations = [*_RELATION.finditer(rest), *_AND_RELATION.finditer(rest)]
    others = sum(2 if match["two"] else 1 for match in relations)
    others += sum(number(match["n"]) for match in _FRIENDS.finditer(rest))
    count = others + bool(_MYSELF_TOO.search(rest))
    return count if count > 1 else 0


def _with_ages(of_kind: Mapping[str, int], ages: Sequence[int], known: Sequence[AgeRange]) -> dict[str, int]:
    """Those whose ages are said are of the kind of their age, in place of as many that were told otherwise.

    Of those younger than any fare is for, nothing is known, so they are none of them.
    """
    by_age: dict[str, int] = {}
    youngest = min((one.first for one in known), default=0)
    for years in ages:
        if years < youngest:
            continue
        kind = next((one.code for one in known if one.first <= years <= one.last), ADULT)
        by_age[kind] = by_age.get(kind, 0) + 1
    left = dict(of_kind)
    replaced = len(ages)
    for kind in ("child", "senior", ADULT):
        taken = min(replaced, left.get(kind, 0))
        left[kind] = left.get(kind, 0) - taken
        replaced -= taken
    found = {kind: left.get(kind, 0) + by_age.get(kind, 0) for kind in {*left, *by_age}}
    return {kind: count for kind, count in sorted(found.items()) if count}
