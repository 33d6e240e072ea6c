"""What is told of the one thing that was asked of how things work (topics.py)? A fact first, then what is the caller's
own of it, or what was named."""

import re
from dataclasses import replace

from assistant.own import holds_of
from assistant.replies import asking, guidance, mine
from assistant.replies.pieces import Reply, together
from assistant.tools import performances
from assistant.topics import ways_to_pay_asked
from payments import gateways

from .asked import Asked
from .bookings import tickets
from .reductions import who_pays_less
from .seats import free_seats
from .shows import show_meant

_OF_PLACES = frozenset({"beside", "companion"})
_OF_TICKETS = frozenset({"again", "calendar"})
# What a description may say of it.
_OF_A_SHOW = {
    "cast": re.compile(r"\b(?:cast|actors?|starring|performers?|musicians?|singers?|conductor|directed|directs)\b"),
    "interval": re.compile(r"\b(?:intervals?|intermissions?|breaks?)\b"),
    "rain": re.compile(r"\b(?:rains?|raining|weather|open air|roof)\b"),
}
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def about_topic(asked: Asked) -> Reply | None:
    """None: nothing so narrow was asked.

    Raises:
        NoSuchDay: the calendar has no such day.
        StoreUnavailable, SeatStoreRefused, InventoryNotOnSale: seats that were asked for cannot be seen now.
    """
    topic = asked.slots.topic
    if not topic:
        return None
    if topic == "invoice" and asked.customer:
        return tickets(asked)
    if topic == "concession":
        return who_pays_less(asked.slots)
    if topic in _OF_A_SHOW:
        return _of_show(topic, asked)
    fact = (
        guidance.fact_of_accounts(topic, asked.customer)
        or guidance.fact_of_paying(topic, gateways.current().takes)
        or guidance.fact_of_buying(topic)
        or guidance.fact_of_giving_back(topic)
        or guidance.fact_of_venues(topic)
        or guidance.fact_of_manners(topic)
    )
    return fact and _with_what_is_meant(fact, asked)


def accessible(asked: Asked) -> Reply:
    """Of a train or show that is named, the places for wheelchairs that are free.

    Raises:
        as free_seats does.
    """
    if not asked.slots.names_offering:
        near = asked.slots.near
        found = performances(near=near, day=asked.slots.day, now=asked.now) if near else []
        return asking.which_performance(found) if found else guidance.accessibility()
    wishes = replace(asked.slots.wishes, features=("accessible",))
    return free_seats(replace(asked, slots=replace(asked.slots, seats=(), wishes=wishes)))


def _with_what_is_meant(fact: Reply, asked: Asked) -> Reply:
    topic = asked.slots.topic
    if topic in _OF_TICKETS and asked.customer:
        return together([fact, tickets(asked)])
    if topic == "upi" or topic == "brands":
        return _each_way(fact, asked)
    if topic in {"too_slow", "more_time"} and asked.customer and (held := holds_of(asked.customer, asked.now)):
        return together([fact, mine.held(held, asked.customer, now=asked.now)])
    if topic in _OF_PLACES and asked.slots.names_offering:
        return replace(together([fact, accessible(asked)]), asked="which")
    if topic == "limit" and (sentence := _limit_of_show(asked)):
        return replace(fact, text=sentence)
    return fact


def _each_way(fact: Reply, asked: Asked) -> Reply:
    """Where two ways to pay are asked of at once, what holds for each."""
    takes = gateways.current().takes
    ways = dict.fromkeys([asked.slots.topic, *ways_to_pay_asked(asked.slots.rest)])
    facts = [told.text for way in ways if (told := guidance.fact_of_paying(way, takes))]
    return replace(fact, text="\n".join(dict.fromkeys(facts)))


def _of_show(topic: str, asked: Asked) -> Reply:
    """That it is not kept, and what the words of the show that is meant have about it all the same."""
    show = show_meant(asked.slots)
    fact = guidance.fact_of_shows(topic)
    if show is None:
        return fact
    sentences = _SENTENCE.split(f"{show.summary} {show.description}")
    said = " ".join(each.strip() for each in sentences if _OF_A_SHOW[topic].search(each.casefold()))
    return replace(fact, text=" ".join(filter(None, (fact.text, guidance.said_of_show(show, said, topic)))))


def _limit_of_show(asked: Asked) -> str:
    if not asked.slots.shows:
        return ""
    found = performances(shows=asked.slots.shows, day=None, now=asked.now)
    most = next((each.seats_per_customer for each in found if each.seats_per_customer), None)
    return guidance.limit_of_show(asked.slots.shows[0].title, most) if most else ""
