"""What does it cost? Fares and prices as they are sold now, for one or for several, and who pays less."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant import tools
from assistant.listed import listed_performances
from assistant.options import trip_at
from assistant.replies import asking, prices, reductions, shows
from assistant.replies.pieces import Reply, trip_line
from assistant.slots import Slots
from assistant.zones import Zones, zone_by_price, zones_meant, zones_of, zones_within
from booking.models import Inventory, PassengerType, Performance
from booking.seatstore import SeatStoreRefused, StoreUnavailable
from booking.selectors import Trip
from booking.trains.fare_table import ADULT, reduced

from .asked import Asked
from .classes import asks_difference, differences, missing_on
from .reductions import asks_who_pays_less, notes_on_ages, who_pays_less
from .seats import is_of_show, performances_meant
from .shows import whats_on
from .trips import find_trips

MAX_TOLD = 4
_OF_TIMES = re.compile(r"\b(?:how long|duration|hours|times?|when|leaves?|arrives?|reach(?:es)?|departs?|takes?)\b")
_OF_WHEN = re.compile(r"\b(?:when|dates?|days?|times?|till|until)\b")


@dataclass(frozen=True, slots=True)
class Party:
    """How many of each kind travel, by the codes of passenger types."""

    of_kind: Mapping[str, int]

    @property
    def size(self) -> int:
        return sum(self.of_kind.values())


def fares(asked: Asked) -> Reply:
    """
    Raises:
        NoSuchDay: the calendar has no such day.
        StoreUnavailable, SeatStoreRefused, InventoryNotOnSale, NoPrice: of named seats only.
    """
    slots = asked.slots
    if asks_difference(slots):
        return differences()
    if asks_who_pays_less(slots):
        return who_pays_less(slots)
    if told := listed_performances(slots.listed):
        return prices.at_performances(told)
    if is_of_show(slots) and trip_at(slots.option) is None:
        return _at_show(asked)
    if slots.option or slots.names_train:
        return _on_trains(asked)
    if slots.wishes.mentions or slots.wishes.passengers or slots.wishes.ages:
        return who_pays_less(slots)
    if slots.origin or slots.destination or (slots.near and not slots.wishes.limit):
        return asking.which_places(
            origin=slots.origin, destination=slots.destination, near=slots.near, knows_day=slots.day is not None
        )
    if slots.wishes.limit is not None:
        return whats_on(asked)
    if _speaks_of_shows(slots):
        return _of_all_shows(asked)
    return asking.which_train_or_show(slots.strange)


def _speaks_of_shows(slots: Slots) -> bool:
    return bool(
        {"show", "shows", "performance", "performances", "theatre", "concert", "concerts", "play"}
        & set(slots.rest.split())
    )


def _of_all_shows(asked: Asked) -> Reply:
    found = tools.performances(day=asked.slots.day, now=asked.now, hours=asked.slots.hours)
    if asked.slots.wishes.extreme == "cheapest" and found:
        priced = [performance for performance in found if performance.prices.all()]
        lowest = min(price.price for performance in priced for price in performance.prices.all())
        found = [p for p in priced if any(price.price == lowest for price in p.prices.all())]
    return prices.at_performances(found[:MAX_TOLD]) if found else prices.nothing_on_sale()


def _at_show(asked: Asked) -> Reply:
    found = performances_meant(asked.slots, now=asked.now)
    if isinstance(found, Reply):
        return found
    party = party_of(asked.slots)
    if asked.slots.seats and len(found) == 1:
        inventory = tools.seats_of(found[0])
        facts = tools.seat_facts(inventory=inventory, seats=asked.slots.seats, first_leg=0, end_leg=inventory.legs)
        return prices.of_seats_at(found[0], facts)
    same = _same_prices(found)
    told = found[:1] if same else found[:MAX_TOLD]
    return prices.at_performances(
        told,
        zones=[zone["code"] for zone in _zones_meant(asked.slots, told[0])],
        party=party.size,
        every=same and len(found) > 1,
        sold_out=_sold_out(tools.seats_of(found[0]), 0, None) if len(found) == 1 else (),
        then=_then(asked, found),
    )


def _then(asked: Asked, found: Sequence[Performance]) -> list[str]:
    """That children pay the same, to whom speaks of them; and when it is on, to whom asks that too."""
    wishes, then = asked.slots.wishes, []
    if wishes.mentions or wishes.ages or set(wishes.passengers) - {ADULT}:
        then.append(reductions.same_at_shows())
    if len(found) > 1 and _OF_WHEN.search(asked.slots.rest):
        then.append(shows.dates(found))
    return then


def _sold_out(inventory: Inventory, first_leg: int, end_leg: int | None) -> frozenset[str]:
    """Classes or zones of which nothing is free; none where the store cannot say so now."""
    last = inventory.legs if end_leg is None else end_leg
    try:
        return tools.sold_out_zones(inventory=inventory, first_leg=first_leg, end_leg=last)
    except (StoreUnavailable, SeatStoreRefused):
        return frozenset()


def _same_prices(found: list[Performance]) -> bool:
    """Whether it costs the same whenever it is played."""
    return (
        len({tuple((price.zone_id, price.amount) for price in performance.prices.all()) for performance in found}) == 1
    )


def _zones_meant(slots: Slots, performance: Performance) -> Zones:
    zones = zones_of(performance)
    by_code = {price.zone.code: price.price for price in performance.prices.all()}
    return zones_meant(slots, zones) or zone_by_price(slots, zones, by_code) or zones_within(slots, zones, by_code)


def _on_trains(asked: Asked) -> Reply:
    slots = asked.slots
    # Fares follow the journey, not the day: those of the next run will do.
    found = find_trips(slots, now=asked.now, on_any_day=True)
    if found.instead:
        return found.instead
    party = party_of(slots)
    if slots.seats and len(found.trips) == 1:
        trip = found.trips[0]
        legs = {"first_leg": trip.first_leg, "end_leg": trip.end_leg}
        return prices.of_seats_on(trip, tools.seat_facts(inventory=trip.inventory, seats=slots.seats, **legs))
    trips = found.trips[:MAX_TOLD] if slots.day or slots.option or slots.wishes.extreme else found.trips[:1]
    told = [(trip, _fares_told(slots, trip, party)) for trip in trips]
    kinds = list(PassengerType.objects.select_related("carrier"))
    first = [line for line in (missing_on(slots, trips), *notes_on_ages(slots, kinds)) if line]
    if _OF_TIMES.search(slots.rest):
        first += map(trip_line, trips)
    is_party = party.size > 1 or set(party.of_kind) - {ADULT}
    return prices.on_trips(told, party=party.of_kind if is_party else {}, first=first)


def _fares_told(slots: Slots, trip: Trip, party: Party) -> list[prices.ClassFare]:
    """Of the classes that were named or of all."""
    carrier = trip.departure.train.carrier
    named = zones_meant(slots, trip.zones) or zone_by_price(slots, trip.zones, trip.fares)
    sold_out = _sold_out(trip.inventory, trip.first_leg, trip.end_leg)
    told = []
    for zone in named or zones_within(slots, trip.zones, trip.fares) or trip.zones:
        full = trip.fares[zone["code"]]
        total = sum((reduced(full, carrier, kind) * number for kind, number in party.of_kind.items()), full * 0)
        told.append(prices.ClassFare(zone["name"], full, total, zone["code"] in sold_out))
    return told


def party_of(slots: Slots) -> Party:
    """Who travels: as counted by kind, or so many adults, or one of the kind that is spoken of."""
    wishes = slots.wishes
    if wishes.passengers:
        return Party(dict(wishes.passengers))
    if wishes.mentions and not wishes.count:
        return Party({wishes.mentions[0]: 1})
    return Party({ADULT: wishes.count or 1})
