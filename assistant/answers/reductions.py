"""Who pays less? By the types of passengers that carriers have, whose names say their ages."""

import re

from assistant.replies import reductions
from assistant.replies.pieces import Reply
from assistant.slots import Slots
from booking.models import PassengerType

_CONCESSION = re.compile(
    r"\b(?:students?|military|army|navy|soldiers?|defen[cs]e|veterans?|police|disabled|disability|handicapped|divyang"
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
    of_people = bool(slots.wishes.mentions or slots.wishes.passengers)
    return asks_rule and (of_people or bool(_CONCESSION.search(slots.rest)) or not slots.names_offering)


def who_pays_less(slots: Slots) -> Reply:
    """The types there are; first of all that there is none for those who were asked about."""
    kinds = list(PassengerType.objects.select_related("carrier"))
    first = [reductions.none_for_these()] if _CONCESSION.search(slots.rest) else []
    return reductions.all_of(kinds, first=first)
