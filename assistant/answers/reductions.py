"""Who pays less? By the types of passengers that carriers have, whose names say their ages."""

import re

from assistant.people import AgeRange, ages_in_name
from assistant.replies import reductions
from assistant.replies.pieces import Reply
from assistant.slots import Slots
from booking.models import PassengerType

_CONCESSION = re.compile(
    r"\b(?:students?|military|army|navy|soldiers?|defen[cs]e|veterans?|police|disab\w*|handicap\w*|divyang\w*"
    r"|blind|deaf|impaired|low vision|wheel ?chairs?"
    r"|companions?|carers?|attendants?|teachers?|doctors?|nurses?|journalists?|press|groups?|wom[ae]n|ladies"
    r"|unemployed|infants?|bab(?:y|ies)|toddlers?|freedom fighters?|cancer|patients?|widows?|farmers?|monthly pass)\b"
)
_REDUCTION = re.compile(
    r"\b(?:concessions?|concessional|discounts?|discounted|reductions?|reduced|cheaper for|off for"
    r"|half (?:ticket|fare|price)|need(?:s)? (?:a |an |his own |her own |own )?(?:ticket|seat)"
    r"|quota|rebate|free (?:for|ticket|travel))\b"
)


def asks_who_pays_less(slots: Slots) -> bool:
    """Whether the question is of the rule itself, and not of the fare on a train."""
    asks_rule = bool(_REDUCTION.search(slots.rest))
    of_people = bool(slots.wishes.mentions or slots.wishes.passengers or slots.wishes.ages)
    return asks_rule and (of_people or bool(_CONCESSION.search(slots.rest)) or not slots.names_offering)


def who_pays_less(slots: Slots) -> Reply:
    """The types there are; first of all what holds for the ages, or for those, that were asked about."""
    kinds = list(PassengerType.objects.select_related("carrier"))
    first = notes_on_ages(slots, kinds)
    if not first and _CONCESSION.search(slots.rest) and not slots.wishes.mentions:
        first = [reductions.none_for_these()]
    return reductions.all_of(kinds, first=first)


def notes_on_ages(slots: Slots, kinds: list[PassengerType]) -> list[str]:
    """For each age that was said, what somebody of it pays; nothing where no type's name says an age."""
    by_age = [(found, kind) for kind in kinds if (found := ages_in_name(kind.code, kind.name))]
    return [_of_age(years, by_age) for years in slots.wishes.ages] if by_age else []


def _of_age(years: int, by_age: list[tuple[AgeRange, PassengerType]]) -> str:
    for ages, kind in by_age:
        if ages.first <= years <= ages.last:
            return reductions.of_age(years, kind)
    youngest = min(by_age, key=lambda one: one[0].first)
    if years < youngest[0].first:
        return reductions.too_young(years, youngest[1])
    return reductions.full_fare(years)
