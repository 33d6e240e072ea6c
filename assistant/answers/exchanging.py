"""What would other seats or another day cost the caller? Priced by the service that exchanges; nothing is exchanged."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from assistant import tools
from assistant.own import bookings_meant, bookings_of, fits, live_seats
from assistant.reading import words_of
from assistant.replies import asking, exchanges, guidance, mine
from assistant.replies.pieces import Reply
from assistant.slots import Slots
from assistant.vocabulary import FUNCTION_WORDS
from assistant.ways import parts_of_way
from assistant.wished_days import day_had
from assistant.zones import zones_meant
from booking.errors import DomainError
from booking.models import Inventory, Order, OrderPart
from booking.selectors import seats_of_part
from booking.services import boards_at
from payments.exchange_choices import parts_to_exchange, runs_instead
from payments.exchange_terms import ExchangeWanted, price_exchange

from .asked import Asked

_OF_EVERY_ZONE = frozenset({"row", "rows", "seat", "seats", "class", "tier", "ac", "circle"})


def exchange(asked: Asked) -> Reply:
    """
    Raises:
        NoSuchDay: the calendar has no such day.
        StoreUnavailable, SeatStoreRefused: seats cannot be seen now.
    """
    if asked.customer is None:
        return guidance.how_to_exchange()
    slots = asked.slots
    # The day that is named is mostly the one that is wished for, and so are hours and seats that one has not.
    customer = asked.customer
    had = {seat.name for order in bookings_of(customer) for seat in live_seats(order)}
    given = tuple(name for name in slots.seats if name in had)
    own = replace(slots, day=None, hours=None, seats=given, destination=None)
    meant = bookings_meant(customer, replace(own, day=day_had(asked.message)), asked.now, topic=asked.topic)
    if not meant.orders:
        meant = bookings_meant(customer, own, asked.now, topic=asked.topic)
    asked = replace(asked, slots=replace(slots, seats=tuple(name for name in slots.seats if name not in given)))
    if meant.named and not meant.orders:
        if slots.wishes.reference:
            return mine.no_such_booking()
        return mine.nothing_fits(bookings_of(customer))
    choices = _choices(meant.orders, asked)
    if not choices:
        others = _choices(bookings_of(customer), replace(asked, slots=Slots(), message=""))
        if others:
            return exchanges.not_that_one(meant.orders, [order for order, _part in others])
        return guidance.how_to_exchange(is_logged_in=True) if not meant.orders else exchanges.nothing_to_exchange()
    if len(choices) > 1 and len({order.pk for order, _part in choices}) > 1:
        return exchanges.which_booking([order for order, _part in choices])
    return _for_part(*choices[0], asked)


def _choices(orders: Sequence[Order], asked: Asked) -> list[tuple[Order, OrderPart]]:
    """Parts that can be exchanged: of the way that is meant, or on the day that is said of what one has."""
    way, day = asked.slots.wishes.way, day_had(asked.message)
    found = [
        (order, part)
        for order in orders
        for part in parts_to_exchange(order=order, now=asked.now)
        if part in parts_of_way(order, way)
    ]
    on_day = [(order, part) for order, part in found if day and fits(order, part, Slots(day=day), asked.now)]
    return on_day or found


def _for_part(order: Order, part: OrderPart, asked: Asked) -> Reply:
    slots, now = _with_zones(asked.slots, part), asked.now
    asked = replace(asked, slots=slots)
    runs = runs_instead(part=part, now=now)
    if slots.day is None and slots.hours is None and not _other_seats(slots):
        return exchanges.to_what(order, part, [run for run in runs if run != part.inventory])
    if slots.day is None and slots.hours is None:
        fitting = [run for run in runs if run == part.inventory]
    else:
        fitting = [run for run in runs if _is_then(run, part, slots, now)]
        if fitting == [part.inventory] and not _other_seats(slots):
            return exchanges.already_then(order, part, [run for run in runs if run != part.inventory])
        fitting = [run for run in fitting if run != part.inventory or _other_seats(slots)]
    if not fitting:
        return exchanges.none_then(order, part, [run for run in runs if run != part.inventory])
    if len(fitting) > 1:
        return exchanges.to_what(order, part, fitting)
    return _priced(order, part, fitting[0], asked)


def _other_seats(slots: Slots) -> bool:
    return bool(slots.seats or slots.wishes.features or slots.wishes.seat_class or slots.zones)


def _is_then(run: Inventory, part: OrderPart, slots: Slots, now: datetime) -> bool:
    begins = boards_at(inventory=run, first_leg=part.first_leg)
    zone = begins.tzinfo if run.is_train else run.performance.hall.venue.zone
    local, today = begins.astimezone(zone), now.astimezone(zone).date()
    on_day = slots.day is None or slots.day.date(today) <= local.date() <= slots.day.last(today)
    return on_day and (slots.hours is None or slots.hours.holds(local))


def _priced(order: Order, part: OrderPart, run: Inventory, asked: Asked) -> Reply:
    """For the same number of seats, of the same class unless another was named."""
    slots = asked.slots
    live = [seat for seat in seats_of_part(order, part) if seat.cancelled_at is None]
    own = [seat.name for seat in live] if run == part.inventory else []
    seats = tools.seats_numbered(run, slots.seats)
    if len(seats) > max(len(slots.seats), len(live)):
        return asking.which_coach_or_row(slots.seats, example=seats[0])
    if not seats and run != part.inventory and not _other_seats(slots):
        seats = _same_seats(run, part, [seat.name for seat in live])
    if not seats:
        zones = [zone["code"] for zone in zones_meant(slots, run.plan.layout["zones"])] or [seat.zone for seat in live]
        seats = tools.best_free(
            inventory=run,
            first_leg=part.first_leg,
            end_leg=part.end_leg,
            count=len(live),
            wanted=tools.SeatsWanted(frozenset(zones), frozenset(slots.wishes.features)),
            but=frozenset(own),
        )
    if not seats:
        return exchanges.no_seats(order, part, run)
    wanted = ExchangeWanted(part, run, seats, part.first_leg, part.end_leg)
    try:
        price = price_exchange(order=order, wanted=wanted, now=asked.now)
    except DomainError as refusal:
        return exchanges.refused(order, part, run, str(refusal))
    return exchanges.offer(order, wanted, price)


def _same_seats(run: Inventory, part: OrderPart, names: Sequence[str]) -> tuple[str, ...]:
    """The seats that one has, on the other run too, where they are free; () where they are not."""
    free = tools.free_seats(inventory=run, first_leg=part.first_leg, end_leg=part.end_leg)
    return tuple(names) if set(names) <= {seat["name"] for seat in free} else ()


def _with_zones(slots: Slots, part: OrderPart) -> Slots:
    """A price zone is named by one word of its name, too: "a rear seat" is one of the rear rows."""
    if slots.zones or slots.wishes.seat_class:
        return slots
    said = set(slots.rest.split())
    zones = [zone["name"] for zone in part.inventory.plan.layout["zones"]]
    telling = {zone: set(words_of(zone)) - FUNCTION_WORDS - _OF_EVERY_ZONE for zone in zones}
    return replace(slots, zones=tuple(zone for zone, words in telling.items() if words & said))
