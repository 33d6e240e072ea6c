"""Is this seat free, and how many are? Finds the one departure or performance that is meant, then asks the store."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings

from accounts.models import User
from assistant import tools
from assistant.listed import listed_performances
from assistant.options import pk_of, trip_at
from assistant.own import holds_of
from assistant.replies import asking, seats, shows
from assistant.replies.pieces import Reply, together
from assistant.seat_names import MAX_SEATS_ASKED
from assistant.slots import Slots
from assistant.zones import Zones, zones_meant, zones_of
from booking.models import Inventory, Performance, Show
from booking.selectors import Trip, parts_of, seats_of_part

from .asked import Asked
from .classes import missing_on
from .trips import find_trips

# A matinee and an evening are both answered; beyond that the performances are listed to choose from.
MAX_PERFORMANCES_ANSWERED = 3
_WHICH_ROW = re.compile(
    r"\b(?:which|what|best|good|better|nice) (?:\w+ )?rows?\b"
    r"|\b(?:closest|nearest|close|near|next|right) (?:\w+ ){0,2}?(?:the )?(?:stage|screen|front)\b|\bfront most\b"
)
_WHAT_SEAT = re.compile(r"\b(?:berth|kind|type|sort|position|where|window|aisle|upper|lower|middle|side|corner|view)\b")


def free_seats(asked: Asked) -> Reply:
    """
    Raises:
        NoSuchDay: the calendar has no such day.
        StoreUnavailable: who has which seat cannot be known now.
        SeatStoreRefused: the store does not sell these seats (yet).
        InventoryNotOnSale, NoPrice: they are not for sale at the moment.
    """
    slots = asked.slots
    if trip_at(slots.option) is None and is_of_show(slots):
        found = performances_meant(slots, now=asked.now)
        if isinstance(found, Reply):
            return found
        if len(found) > MAX_PERFORMANCES_ANSWERED:
            return asking.which_performance(found)
        return together([_at_performance(performance, asked) for performance in found])
    if told := listed_performances(slots.listed):
        if len(told) > MAX_PERFORMANCES_ANSWERED:
            return asking.which_performance(told)
        return together([_at_performance(performance, asked) for performance in told])
    if slots.names_train or slots.option:
        return _on_train(asked)
    return asking.which_train_or_show(slots.strange)


def asks_for_row(slots: Slots) -> bool:
    """Whether it is asked which row is good, or which is closest to the stage."""
    return bool(_WHICH_ROW.search(slots.rest)) and not slots.seats and not slots.rows


def _described(inventory: Inventory, names: Sequence[str], slots: Slots) -> Mapping[str, dict[str, Any]]:
    """What the seats are, where that is asked: "is B3-23 an upper?"."""
    if not slots.wishes.features and not _WHAT_SEAT.search(slots.rest):
        return {}
    return tools.described(inventory, names)


def is_of_show(slots: Slots) -> bool:
    named = pk_of(slots.option, "performance") is not None or pk_of(slots.option, "show") is not None
    in_a_house = bool(slots.near and slots.near.venue and not slots.names_train and not slots.option)
    return named or bool(slots.shows and not slots.trains) or in_a_house


def performances_meant(slots: Slots, *, now: datetime) -> list[Performance] | Reply:
    """Performances that fit what was named, or what to ask or say instead.

    Raises:
        NoSuchDay: the calendar has no such day.
    """
    if (pk := pk_of(slots.option, "performance")) is not None:
        one = [performance for performance in tools.performances(day=None, now=now) if performance.pk == pk]
        return one or shows.nothing_on()
    chosen = pk_of(slots.option, "show")
    titles = slots.shows if chosen is None else tuple(Show.objects.filter(pk=chosen))
    if len(titles) > 1:
        return asking.which_of(titles)
    found = tools.performances(shows=titles, near=slots.near, day=slots.day, now=now, hours=slots.hours)
    if not found:
        others = tools.performances(shows=titles, day=None, now=now)
        return shows.not_then(others) if others else shows.nothing_on()
    if slots.wishes.extreme in {"next", "earliest"}:
        return found[:1]
    return found[-1:] if slots.wishes.extreme == "latest" else found


def _at_performance(performance: Performance, asked: Asked) -> Reply:
    inventory, slots = tools.seats_of(performance), asked.slots
    free = _Free(inventory, 0, inventory.legs, slots)
    if asks_for_row(slots):
        best = tools.best_row(inventory)
        return seats.of_best_row(best, seats.of_rows_at(performance, free.in_rows((best,)), slots))
    if rows := tools.rows_among(inventory, rows=slots.rows, seats=slots.seats):
        return seats.of_rows_at(performance, free.in_rows(rows), slots)
    if not slots.seats and slots.wishes.features:
        return seats.with_features_at(performance, free.with_features(), slots)
    if not slots.seats:
        counts = tools.free_by_zone(inventory=inventory, first_leg=0, end_leg=inventory.legs)
        zones = zones_of(performance)
        return seats.counted_at(performance, counts, slots, party=free.for_party(zones))
    seats_meant = tools.seats_numbered(inventory, slots.seats)
    if len(seats_meant) > MAX_SEATS_ASKED:
        return asking.which_coach_or_row(slots.seats, example=seats_meant[0])
    facts = tools.seat_facts(inventory=inventory, seats=seats_meant, first_leg=0, end_leg=inventory.legs)
    own = _held_by(asked.customer, inventory, asked.now)
    what = _described(inventory, seats_meant, slots)
    return seats.told_at(performance, facts, own=own, instead=free.instead_of(facts), what=what, slots=slots)


def _on_train(asked: Asked) -> Reply:
    slots = asked.slots
    found = find_trips(slots, now=asked.now)
    if found.instead:
        return found.instead
    fitting = found.trips
    if len(fitting) > 1 and slots.seats:
        fitting = [trip for trip in fitting if tools.has_seats(trip.inventory, slots.seats)] or fitting
    if len(fitting) > 1 and slots.seats:
        return asking.which_trip(fitting)
    if len(fitting) > MAX_PERFORMANCES_ANSWERED:
        return asking.which_trip(fitting)
    told = together([_on_trip(trip, asked) for trip in fitting])
    missing = "" if slots.seats or slots.rows else missing_on(slots, fitting)
    return replace(told, text=f"{missing}\n\n{told.text}") if missing else told


def _on_trip(trip: Trip, asked: Asked) -> Reply:
    slots, inventory = asked.slots, trip.inventory
    legs = {"first_leg": trip.first_leg, "end_leg": trip.end_leg}
    free = _Free(inventory, trip.first_leg, trip.end_leg, slots)
    if rows := tools.rows_among(inventory, rows=slots.rows, seats=slots.seats):
        return seats.of_coaches(trip, free.in_rows(rows), slots)
    if not slots.seats and slots.wishes.features:
        return seats.with_features_on(trip, free.with_features(), slots)
    if not slots.seats:
        counts = tools.free_by_zone(inventory=inventory, **legs)
        return seats.counted_on(trip, counts, slots, party=free.for_party(trip.zones))
    seats_meant = tools.seats_numbered(inventory, slots.seats)
    if len(seats_meant) > MAX_SEATS_ASKED:
        return asking.which_coach_or_row(slots.seats, example=seats_meant[0])
    facts = tools.seat_facts(inventory=inventory, seats=seats_meant, **legs)
    return seats.told_on(
        trip,
        facts,
        stations=tools.stations_of(trip),
        own=_held_by(asked.customer, inventory, asked.now),
        instead=free.instead_of(facts),
        what=_described(inventory, seats_meant, slots),
        slots=slots,
    )


@dataclass(frozen=True, slots=True)
class _Free:
    """What is free of an inventory on some legs, for somebody with these wishes."""

    inventory: Inventory
    first_leg: int
    end_leg: int
    slots: Slots

    def with_features(self) -> list[dict[str, Any]]:
        wanted = set(self.slots.wishes.features)
        free = tools.free_seats(inventory=self.inventory, first_leg=self.first_leg, end_leg=self.end_leg)
        return [seat for seat in free if wanted <= set(seat["features"])]

    def in_rows(self, rows: Sequence[str]) -> dict[str, list[str] | None]:
        """By row or coach; None for one that is not there."""
        there, free = tools.rows_of(self.inventory), self.with_features()
        return {
            row: [seat["name"] for seat in free if tools.row_of_seat(seat["name"]) == row] if row in there else None
            for row in rows
        }

    def for_party(self, zones: Zones) -> seats.ForParty | None:
        """The best for as many as are coming, neighbours if there are; None where nobody said how many."""
        count = self.slots.wishes.count or 1
        if count < 2 or count > settings.MAX_SEATS_PER_ORDER:
            return None
        meant = frozenset(zone["code"] for zone in zones_meant(self.slots, zones))
        found = tools.best_free(
            inventory=self.inventory,
            first_leg=self.first_leg,
            end_leg=self.end_leg,
            count=count,
            wanted=tools.SeatsWanted(meant, frozenset(self.slots.wishes.features)),
        )
        return seats.ForParty(count, found, side_by_side=tools.are_neighbours(self.inventory, found))

    def instead_of(self, facts: tools.SeatFacts) -> tuple[str, ...]:
        """What is free beside seats that are not, where all that was asked for is taken."""
        gone = [seat.name for seat in facts.seats if seat.state != "free"]
        if not gone or len(gone) < len(facts.seats):
            return ()
        return tools.instead_of(inventory=self.inventory, seats=gone, first_leg=self.first_leg, end_leg=self.end_leg)


def _held_by(customer: User | None, inventory: Inventory, now: datetime) -> dict[str, datetime]:
    """The caller's own held seats here, and until when: to nobody else is it told whose a seat is."""
    if customer is None:
        return {}
    return {
        seat.name: order.held_until
        for order in holds_of(customer, now)
        for part in parts_of(order)
        if part.inventory_id == inventory.pk and order.held_until is not None
        for seat in seats_of_part(order, part)
    }
