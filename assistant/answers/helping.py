"""What is told of the one thing that was asked of how things work (topics.py)? A fact first, then what is the caller's
own of it, or what was named."""

from dataclasses import replace

from assistant.own import holds_of
from assistant.replies import guidance, mine
from assistant.replies.pieces import Reply, together
from assistant.tools import performances
from payments import gateways

from .asked import Asked
from .bookings import tickets
from .seats import free_seats

_OF_PLACES = frozenset({"beside", "companion"})


def about_topic(asked: Asked) -> Reply | None:
    """None: nothing so narrow was asked.

    Raises:
        NoSuchDay: the calendar has no such day.
        StoreUnavailable, SeatStoreRefused, InventoryNotOnSale: seats that were asked for cannot be seen now.
    """
    topic = asked.slots.topic
    if not topic:
        return None
    if topic == "again" or (topic == "invoice" and asked.customer):
        return tickets(asked)
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
        return guidance.accessibility()
    wishes = replace(asked.slots.wishes, features=("accessible",))
    return free_seats(replace(asked, slots=replace(asked.slots, seats=(), wishes=wishes)))


def _with_what_is_meant(fact: Reply, asked: Asked) -> Reply:
    topic = asked.slots.topic
    if topic in {"too_slow", "more_time"} and asked.customer and (held := holds_of(asked.customer, asked.now)):
        return together([fact, mine.held(held, asked.customer, now=asked.now)])
    if topic in _OF_PLACES and asked.slots.names_offering:
        return replace(together([fact, accessible(asked)]), asked="which")
    if topic == "limit" and (sentence := _limit_of_show(asked)):
        return replace(fact, text=f"{fact.text} {sentence}")
    return fact


def _limit_of_show(asked: Asked) -> str:
    if not asked.slots.shows:
        return ""
    found = performances(shows=asked.slots.shows, day=None, now=asked.now)
    most = next((each.seats_per_customer for each in found if each.seats_per_customer), None)
    return guidance.limit_of_show(asked.slots.shows[0].title, most) if most else ""
