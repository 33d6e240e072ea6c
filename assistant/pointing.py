"""What does a message point at, of what was told or asked before? "The second one", "the raga one", "in B1", "both"."""

import re
from dataclasses import replace

from . import cues
from .context import Context
from .dates import CalendarDay
from .intents import OFFERINGS, Intent
from .listed import of_list
from .people import number
from .reading import folded, words_of
from .slots import Slots
from .told import named_among, same_run
from .vocabulary import VOCABULARY
from .wishes import POSITION_OF

_LABEL = re.compile(
    r"^(?:(?:it is|its|i mean) )?(?:in )?(?:(?:the )?(?:coach|row) )?(?P<label>[a-z]{1,2}\d{0,2})\b(?! ?[-–/]? ?\d)"
)
_NUMBERS_ALONE = re.compile(
    r"^(?:ok |okay |hm+ )?(?:and|or|what about|how about|n|also)(?: seats?| number| berths?)? "
    r"(?P<numbers>\d{1,3}(?:(?:,| and| or| &)* \d{1,3}){0,3})(?: then| too| as well| free| still free)?\s*\?*$"
)
_THOSE = re.compile(r"\b(?:those|these|all|the|them) (?P<n>two|three|four|five|six|[2-6])\b")
_BOTH = re.compile(r"\b(?:both|all of them|all three|them all|the two|those two|these two)\b")
_CLASS_ORDINAL = re.compile(r"\b(?<!on )(?<!the )(?P<ordinal>[123])(?:st|nd|rd)\b")
_POINTS = re.compile(r"\b(?:one|that|the|show|train|play|concert|performance)\b")
_EXTREME_OF_CHOICE = {"first": "earliest", "last": "latest"}
_SHORTEST_TITLE_WORD = 4


def pointed(message: str, slots: Slots, before: Slots, context: Context) -> Slots:
    """The slots, with what the message points at in place of the words it does that with."""
    text = folded(message)
    slots = _labelled(text, slots, before)
    slots = _numbered(text, slots, before)
    slots = _all_seats(text, slots, before)
    slots = _class_by_ordinal(text, slots, before)
    return _chosen(message, slots, before, context)


def _all_seats(text: str, slots: Slots, before: Slots) -> Slots:
    """Both seats that were asked about one after the other, or the last three of them: "those three"."""
    asked = tuple(dict.fromkeys([*before.seen, *before.seats]))
    if slots.seats or len(asked) < 2:
        return slots
    if found := _THOSE.search(text):
        return replace(slots, seats=asked[-number(found["n"]) :])
    return replace(slots, seats=asked) if _BOTH.search(text) else slots


def _labelled(text: str, slots: Slots, before: Slots) -> Slots:
    """The coach or row, said after seats that were named by their number alone: "in B1", "row C"."""
    if not before.seats or any("-" in seat for seat in before.seats):
        return slots
    if len(slots.rows) == 1:
        label = slots.rows[0]
    elif found := _LABEL.search(text):
        label = found["label"].upper()
    else:
        return slots
    return replace(slots, seats=tuple(f"{label}-{number}" for number in before.seats), rows=())


def _numbered(text: str, slots: Slots, before: Slots) -> Slots:
    """Numbers alone after a seat are others of its row or coach: "and 3?"."""
    rows = {seat.rpartition("-")[0] for seat in before.seats}
    found = _NUMBERS_ALONE.search(text)
    if found is None or slots.seats or len(rows) != 1 or "" in rows:
        return slots
    row = rows.pop()
    seats = tuple(f"{row}-{int(number)}" for number in re.findall(r"\d+", found["numbers"]))
    return replace(slots, seats=seats, wishes=replace(slots.wishes, count=None))


def _class_by_ordinal(text: str, slots: Slots, before: Slots) -> Slots:
    """After a class of travel, "and 1st?" is another one, and no day of a month."""
    found = _CLASS_ORDINAL.search(text)
    if found is None or not before.wishes.seat_class or not isinstance(slots.day, CalendarDay) or slots.day.month:
        return slots
    if set(slots.rest.split()) - cues.FILLER - cues.PRICE_WORDS:
        return slots
    return replace(slots, day=None, wishes=replace(slots.wishes, seat_class=f"AC{found['ordinal']}"))


def _chosen(message: str, slots: Slots, before: Slots, context: Context) -> Slots:
    """Which of those that were listed; or, where one was told, the first or last of all."""
    position = POSITION_OF.get(slots.wishes.choice)
    if position is not None and len(context.offered) > max(position, 1 if position < 0 else 0) and context.offered[1:]:
        return replace(slots, option=context.offered[position])
    if (extreme := _EXTREME_OF_CHOICE.get(slots.wishes.choice)) and context.intent in OFFERINGS:
        return replace(slots, wishes=replace(slots.wishes, extreme=slots.wishes.extreme or extreme))
    slots = of_list(slots, before, context)
    if slots.names_offering or not context.offered or not _POINTS.search(slots.rest):
        return slots
    words = {word for word in words_of(message) if len(word) >= _SHORTEST_TITLE_WORD and word not in VOCABULARY}
    found = named_among(context.offered, words, slots) if words else slots
    # What names the one that is meant names no place to go to beside it.
    return replace(found, near=None) if found is not slots else slots


def elsewhere_on_same_run(slots: Slots, before: Slots) -> str:
    """The key of the run that was talked of, where only another place to board or to leave is said; '' otherwise."""
    says_more = slots.trains or slots.unknown_train or slots.shows or slots.day or slots.hours or slots.wishes.extreme
    if says_more or slots.days_later is not None or bool(slots.origin) == bool(slots.destination):
        return ""
    return same_run(before.option, origin=slots.origin, destination=slots.destination)


def goes_on_preparing(intent: Intent, slots: Slots, context: Context) -> bool:
    """Whether "change it to Friday" is of what is being prepared: nothing is bought yet that could be exchanged."""
    if intent != Intent.EXCHANGE or not {context.intent, context.topic} <= OFFERINGS or slots.wishes.reference:
        return False
    return not cues.OWN_PURCHASE.search(slots.rest)
