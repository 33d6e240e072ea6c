"""Which seats of the caller's bookings are meant: by name, by who travels, by kind, by how many, by train or show?"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from booking.models import Order, OrderPart, OrderSeat
from booking.selectors import parts_of, seats_of_part

from .reading import words_of
from .slots import Slots
from .ways import parts_of_way

_NOT_THE_OTHER = r"(?:not|except|but not|keep|without)"
_TRAIN = r"(?:trains?|journeys?|rail|trips?|berths?)"
_SHOW = r"(?:shows?|concerts?|plays?|performances?|theatre|gig|opera|musical)"
_ONLY_TRAIN = re.compile(
    rf"\b(?:only|just) (?:\w+ )?(?:the |my |our )?{_TRAIN}\b|\b{_TRAIN} (?:part |one |bit |tickets? |seats? )?only\b"
    rf"|\b{_NOT_THE_OTHER} (?:the |my |our )?{_SHOW}\b"
)
_ONLY_SHOW = re.compile(
    rf"\b(?:only|just) (?:\w+ )?(?:the |my |our )?{_SHOW}\b|\b{_SHOW} (?:part |one |bit |tickets? |seats? )?only\b"
    rf"|\b{_NOT_THE_OTHER} (?:the |my |our )?{_TRAIN}\b"
)
_A_TRAIN, _A_SHOW = re.compile(rf"\b{_TRAIN}\b"), re.compile(rf"\b{_SHOW}\b")
_N = r"(?P<n>\d|a|one|two|three|four|five|six|seven|eight|nine)"
_COUNTED = re.compile(
    rf"\b{_N}(?: (?:single|more|of (?:the|my|our|these|those))(?: \w+)?)? "
    r"(?:seats?|tickets?|person|people|friends?|places?|berths?|adults?|kids?|child|children|seniors?"
    r"|of (?:them|those|these|us))\b"
)
# "No, make it two": where nothing else is said, a number is one of seats.
_ONLY_A_COUNT = re.compile(
    rf"^(?:(?:ok|okay|and|no|wait|sorry|then|just|only|make|it|what|about|if|how|hmm|actually|rather|cancel|return|drop"
    rf"|give|back|for|to|the|please|pls)[ ,]+)*{_N}(?:[ ,]+(?:please|pls|then|only|back|instead))*[ .!?]*$"
)
_A_CHILD = re.compile(r"\b(?:sons?|daughters?|kids?|baby|babys|boys?|girls?)\b")
_ALL = re.compile(r"\b(?:all|both|everything|whole|entire|every)\b")
_NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}
SHORTEST_NAME = 3
_SHORT = 6


@dataclass(frozen=True, slots=True)
class SeatsMeant:
    """Seats of an order that are still had, all if nothing narrows them; `any_of` them where only a number was said.
    `given_back` were named, but are not had any more."""

    seats: Sequence[OrderSeat]
    any_of: int | None = None
    given_back: Sequence[OrderSeat] = ()
    is_narrowed: bool = False


def seats_meant(order: Order, slots: Slots, message: str, *, parts: Collection[OrderPart] | None = None) -> SeatsMeant:
    """
    Args:
        message: what was said, folded.
        parts: those of which it is said, where that is known by their day.
    """
    every = [(part, seat) for part in parts_of(order) for seat in seats_of_part(order, part)]
    live = [(part, seat) for part, seat in every if seat.cancelled_at is None]
    said = [name for name in slots.seats if _is_said(name, message)]
    if by_name := [seat for _part, seat in every if seat.name in said]:
        return _by_name(by_name)
    said_of = [part for part in parts_of_way(order, slots.wishes.way) if parts is None or part in parts]
    narrowed = _narrowed(live, slots, message, said_of)
    before = [seat for _part, seat in every if seat.name in slots.seats]
    return narrowed if narrowed.is_narrowed or not before or _ALL.search(message) else _by_name(before)


def _by_name(seats: Sequence[OrderSeat]) -> SeatsMeant:
    had = [seat for seat in seats if seat.cancelled_at is None]
    return SeatsMeant(had, given_back=[seat for seat in seats if seat not in had], is_narrowed=True)


def _is_said(name: str, message: str) -> bool:
    """Whether a seat is named in this message, not in one before it: "B2-20", "b2 20"."""
    return re.sub(r"\W", "", name.lower()) in re.sub(r"\W", "", message)


def _narrowed(
    live: Sequence[tuple[OrderPart, OrderSeat]], slots: Slots, message: str, parts: Collection[OrderPart]
) -> SeatsMeant:
    of_train = _ONLY_TRAIN.search(message)
    of_show = _ONLY_SHOW.search(message)
    if bool(of_train) == bool(of_show):
        of_train, of_show = _A_TRAIN.search(message), _A_SHOW.search(message)
    chosen = [(part, seat) for part, seat in live if part in parts] or list(live)
    if bool(of_train) != bool(of_show) and not _ALL.search(message):
        chosen = [(part, seat) for part, seat in chosen if part.inventory.is_train == bool(of_train)] or chosen
    seats = [seat for _part, seat in chosen]
    if people := [seat for seat in seats if is_named(seat, message)]:
        return SeatsMeant(people, is_narrowed=True)
    kinds = {*slots.wishes.mentions, *slots.wishes.passengers}
    if _A_CHILD.search(message):
        kinds.add("child")
    of_kind = [seat for seat in seats if seat.passenger_type in kinds]
    count = _count(slots, message)
    if of_kind and count is not None and count < len(of_kind):
        return SeatsMeant(of_kind, any_of=count, is_narrowed=True)
    if of_kind and len(of_kind) < len(seats):
        return SeatsMeant(of_kind, is_narrowed=True)
    if count is not None and count < len(seats):
        return SeatsMeant(seats, any_of=count, is_narrowed=True)
    return SeatsMeant(seats, is_narrowed=len(seats) < len(live))


def is_named(seat: OrderSeat, message: str) -> bool:
    """Whether a part of the passenger's name is said, "taras" and "tara's" too; a family's name alone tells nobody."""
    names = words_of(seat.passenger_name)[:1]
    said = set(words_of(message))
    return any(len(name) >= SHORTEST_NAME and {name, f"{name}s"} & said for name in names)


def narrows(message: str) -> bool:
    """Whether a short message says nothing but which seats, or which part of a booking: "just the train", "both"."""
    is_short = len(message.split()) <= _SHORT
    found = (_ONLY_A_COUNT, _ONLY_TRAIN, _ONLY_SHOW, _COUNTED, _ALL)
    return is_short and any(pattern.search(message) for pattern in found)


def _count(slots: Slots, message: str) -> int | None:
    if _ALL.search(message):
        return None
    if match := _COUNTED.search(message) or _ONLY_A_COUNT.search(message):
        return _NUMBERS.get(match["n"]) or (int(match["n"]) if match["n"].isdigit() else None)
    return slots.wishes.count
