"""What does a message mean after those before it? What it does not say again is taken from what was talked of."""

import re
from dataclasses import replace

from . import cues
from .context import Context
from .dates import CalendarDay, DayFromToday, DayMention, Weekday, beside, shifted
from .intents import BOOKINGS, OFFERINGS, Intent
from .languages import is_foreign
from .names import Names, Place
from .options import booking_of, pk_of
from .pointing import elsewhere_on_same_run, goes_on_preparing, pointed
from .recognising import recognise, speaks_of_another
from .seat_names import MAX_SEATS_ASKED
from .slots import Slots, extract
from .told import calls_at_both, day_of, named_in
from .topics import Topic, topic_of, topics
from .wishes import Wishes, with_other_ages

_OF_THEM = re.compile(r"\bof (?:them|us|those|these|em)\b")
_THAT_ONE = re.compile(r"\b(?:(?:only|just) (?:that|this|it|hers|his|the one)|that one)\b")
# Beside the class that was told to be sold out.
_WHAT_ELSE = re.compile(
    r"\b(?:whats|what is|what else|anything|which class(?:es)?)(?: (?:is|are|else|still))?"
    r" (?:left|available|free|remaining)\b"
)
# "Return" and "back" are said of journeys too.
_OF_GIVING_BACK = frozenset({Intent.CANCEL, Intent.REFUND_STATUS, Intent.BOOK, Intent.EXCHANGE, Intent.UNKNOWN})
_MINE = re.compile(r"\bmine\b")
_I_BOUGHT = re.compile(r"\b(?:i|we|ive|weve) (?:\w+ )?(?:bought|booked|paid|purchased|ordered|reserved)\b")
_THAT_DAY = re.compile(r"\b(?:(?:that|same|the same) (?:day|date|evening|morning|night)|then)\b")
# "Are those free", after the places for wheelchairs.
_OF_THE_SAME = re.compile(
    r"\b(?:those|they|them|these|that|any|one|it)\b|^(?:and|or|what about|how about|also|at|in)\b"
)
_OF_SEATS_TOO = frozenset({Intent.SEAT_FREE, Intent.WHATS_ON, Intent.SHOW, Intent.UNKNOWN})
_AT_A_VENUE = re.compile(r"\b(?:theat(?:re|er)s?|halls?|venues?|playhouse|concerts?|shows?)\b")
# Whoever comes along may be spoken of in them.
_ALSO_OF_COMPANY = frozenset({"beside", "cast", "companion", "somebody_else_pays", "transfer"})
_MOST_WORDS_OF_MANNERS = 10
# In a long story words stand together by chance.
_MOST_WORDS_OF_A_QUESTION = 30


def understood(message: str, context: Context, names: Names) -> tuple[Intent, Slots]:
    """The intent, and what is named, in this message or before it."""
    slots = extract(message, names)
    before = context.slots(names)
    slots = pointed(message, slots, before, context)
    if is_foreign(message) and not (slots.names_offering or slots.wishes.reference):
        return Intent.UNKNOWN, replace(slots, topic="foreign")
    if topic := _topic(message, slots, context):
        intent, slots = topic.intent, replace(slots, topic=topic.name)
        if topic.name == "limit" and not slots.names_offering and context.intent in OFFERINGS:
            # "How many may I buy?" is asked of the show that was told.
            slots = replace(slots, shows=before.shows or named_in(before.option, Slots()).shows)
    else:
        intent = recognise(slots, message=message, before=before, going_on=context.going_on)
        intent = _intent_in_talk(intent, slots, context)
    if slots.way_back is not None and slots.origin and slots.destination and intent in _OF_GIVING_BACK:
        intent = Intent.TRAINS
    if intent in OFFERINGS and context.intent not in OFFERINGS and not slots.day and _THAT_DAY.search(slots.rest):
        # Of a day that was named in passing: "the weather on Friday".
        return intent, replace(slots, day=before.day)
    if intent in OFFERINGS and context.intent in OFFERINGS:
        return intent, _about_same_offer(slots, before, intent, context)
    if intent in BOOKINGS and context.intent in BOOKINGS | {Intent.REFUND_STATUS, Intent.PAYMENT_PROBLEM}:
        return intent, about_same_booking(slots, before, intent, context)
    return intent, slots


def _topic(message: str, slots: Slots, context: Context) -> Topic | None:
    """What is asked of how things work; never what others have, and no manners in a longer question."""
    words = len(slots.rest.split())
    # Who names both ends of a journey asks of that.
    told = "" if slots.origin and slots.destination else context.topic
    topic = topic_of(slots.rest, told) if words <= _MOST_WORDS_OF_A_QUESTION else None
    if topic is None and told == "limit" and slots.shows and words <= _MOST_WORDS_OF_MANNERS:
        # "And for the brass one?" asks the same of another show.
        topic = next((known for known in topics() if known.name == "limit"), None)
    if topic is None:
        return None
    match topic.intent:
        case Intent.UNKNOWN:
            is_meant = True
        case Intent.SMALLTALK:
            named = slots.names_offering or slots.seats or slots.wishes.count
            is_meant = words <= _MOST_WORDS_OF_MANNERS and not named
        case Intent.HOW_TO_BOOK:
            is_meant = topic.name == "limit" or not slots.names_offering
        case Intent.ACCOUNT:
            is_meant = True
        case _:
            is_meant = topic.name in _ALSO_OF_COMPANY or not cues.OF_OTHERS.search(slots.rest)
    by_oneself = topic.name == "guest_order" and _I_BOUGHT.search(slots.rest)
    is_of_another = topic.intent != Intent.UNKNOWN and not by_oneself and speaks_of_another(slots, message)
    return topic if is_meant and not is_of_another else None


def _intent_in_talk(intent: Intent, slots: Slots, context: Context) -> Intent:
    if goes_on_preparing(intent, slots, context):
        return context.intent
    if intent == Intent.UNKNOWN and _says_something(slots) and context.intent in OFFERINGS | BOOKINGS:
        return intent if cues.NOT_OURS.search(slots.rest) else context.intent
    if context.intent == Intent.ACCESSIBILITY and intent in _OF_SEATS_TOO and _OF_THE_SAME.search(slots.rest):
        return context.intent
    if context.intent in BOOKINGS:
        points = cues.POINTING.search(slots.rest) and not slots.names_offering
        if points and intent in {
            Intent.UNKNOWN,
            Intent.TRAINS,
            Intent.TIMETABLE,
            Intent.FARES,
            Intent.WHATS_ON,
            Intent.SHOW,
        }:
            return Intent.MY_BOOKINGS
        if slots.option and booking_of(slots.option) and intent not in BOOKINGS:
            return context.intent
    if slots.option and intent not in OFFERINGS | BOOKINGS:
        return context.intent
    return intent


def _says_something(slots: Slots) -> bool:
    return bool(
        slots.day or slots.hours or slots.seats or slots.rows or slots.option or slots.zones or slots.near
        or slots.names_offering or slots.origin or slots.destination or slots.wishes.count or slots.wishes.seat_class
        or slots.wishes.reference or slots.wishes.features or slots.wishes.extreme or slots.wishes.ages
        or slots.days_later is not None
    )  # fmt: skip


def _about_same_offer(slots: Slots, before: Slots, intent: Intent, context: Context) -> Slots:
    other_way = bool(slots.origin and slots.destination) and not _is_way_of(slots, before)
    names_other = bool(slots.shows or slots.trains or slots.unknown_train or other_way)
    day = _day(slots, before)
    if intent == Intent.ACCESSIBILITY and slots.near and _AT_A_VENUE.search(slots.rest):
        before = replace(before, trains=(), origin=None, destination=None, option="")
    if pk_of(before.option, "train") is not None:
        # Chosen of several: from now on it is the one that is named.
        before = replace(named_in(before.option, before), option="")
    if intent == Intent.TIMETABLE and slots.near and before.trains:
        # "Does it stop at Surat?" asks for one call of the train, whichever way was spoken of.
        before = replace(before, origin=None, destination=None)
    elif slots.near and not slots.shows and not slots.destination and (before.origin or before.destination):
        slots = _with_place(slots, before, slots.near, context)
    if cues.OTHER_WAY.search(slots.rest) and not slots.origin and not slots.destination:
        before = replace(before, origin=before.destination, destination=before.origin, trains=(), option="")
    if option := elsewhere_on_same_run(slots, before):
        before = replace(before, option=option)
    elif slots.shows:
        before = replace(before, trains=(), origin=None, destination=None, option="")
    elif slots.names_train or slots.origin or slots.destination:
        before = replace(before, shows=(), near=None, option="")
        if not _is_way_of(slots, before) and ((slots.origin and slots.destination) or slots.trains):
            before = replace(before, trains=())
    elif intent == Intent.WHATS_ON and context.intent != Intent.WHATS_ON and not before.shows:
        return slots
    elif intent == Intent.WHATS_ON and not before.shows:
        before = replace(before, trains=(), origin=None, destination=None)
    slots = replace(slots, beyond=before.option)
    is_of_all = _chooses_class(slots.wishes) or _WHAT_ELSE.search(slots.rest)
    if slots.day or slots.days_later is not None or slots.hours or slots.wishes.extreme:
        before = _without_option(slots, before)
    keeps_seats = (not slots.seats and not names_other) or context.asked in {"which", "day", "places"}
    return replace(
        slots,
        seats=slots.seats or (before.seats if keeps_seats and not slots.rows else ()),
        rows=slots.rows or (before.rows if keeps_seats else ()),
        trains=slots.trains or (() if slots.unknown_train else before.trains),
        shows=slots.shows or before.shows,
        origin=slots.origin or before.origin,
        destination=slots.destination or before.destination,
        near=slots.near or before.near,
        day=day,
        seen=_seen(slots, before) if keeps_seats or slots.seats else (),
        hours=slots.hours or (None if slots.day and intent != context.intent else before.hours),
        zones=slots.zones or (() if names_other or is_of_all else before.zones),
        option=slots.option or before.option,
        listed=slots.listed,
        wishes=_wishes(slots, before, is_same=intent == context.intent),
    )


def _is_way_of(slots: Slots, before: Slots) -> bool:
    """Whether both places, said without a day, are those between which the train that was named is taken."""
    if len(before.trains) != 1 or slots.trains or slots.day or not slots.origin or not slots.destination:
        return False
    return before.origin is None and calls_at_both(before.trains[0], slots.origin, slots.destination)


def _day(slots: Slots, before: Slots) -> DayMention | None:
    """The day that is said, or the one that was talked of, or so many days after it."""
    if isinstance(slots.day, Weekday) and not slots.day.next_week and before.day:
        return beside(slots.day, before.day)
    if slots.days_later is None:
        return slots.day or before.day
    base = slots.day or before.day
    if base is None and (told := day_of(before.option)) is not None:
        base = CalendarDay(told.day, told.month, told.year)
    return shifted(base or DayFromToday(0), slots.days_later)


def _without_option(slots: Slots, before: Slots) -> Slots:
    """Another day or hour of what was chosen: the same train or show, no longer the same run."""
    if before.option and not before.names_train and not before.shows:
        before = named_in(before.option, before)
    return replace(before, option="")


def _seen(slots: Slots, before: Slots) -> tuple[str, ...]:
    """Seats asked about before, the last ones left out: they are told apart."""
    if not slots.seats or slots.seats == before.seats:
        return before.seen
    return tuple(dict.fromkeys([*before.seen, *before.seats]))[-MAX_SEATS_ASKED:]


def _with_place(slots: Slots, before: Slots, place: Place, context: Context) -> Slots:
    """A bare place fills the gap of a journey, or is another place to go to."""
    if before.origin is None and (context.asked == "places" or before.destination is not None):
        return replace(slots, origin=place, near=None)
    return replace(slots, destination=place, near=None)


def _chooses_class(wishes: Wishes) -> bool:
    """Whether another class is wished for than that which was talked of."""
    return bool(wishes.seat_class) or wishes.extreme in {"cheapest", "best"}


def _wishes(slots: Slots, before: Slots, *, is_same: bool) -> Wishes:
    new, old = slots.wishes, before.wishes
    if _OF_THEM.search(slots.rest) and new.features and old.count and (new.count or 0) < old.count:
        # "Lower berths for two of them": all of them still travel.
        new = replace(new, count=None, passengers={})
    new = with_other_ages(slots.rest, new, old)
    is_of_all = slots.zones or _chooses_class(new) or _WHAT_ELSE.search(slots.rest)
    return replace(
        new,
        count=new.count or old.count,
        passengers=new.passengers or ({} if new.count else old.passengers),
        seat_class=new.seat_class or ("" if is_of_all else old.seat_class),
        features=new.features or old.features,
        limit=new.limit or (None if slots.names_offering else old.limit),
        extreme=new.extreme or (old.extreme if is_same and not slots.hours else ""),
    )


def _only_that(slots: Slots) -> bool:
    """Whether "yes, only that one" is said, and nothing of who or how many."""
    return bool(_THAT_ONE.search(slots.rest)) and not slots.wishes.passengers and not slots.seats


def about_same_booking(slots: Slots, before: Slots, intent: Intent, context: Context) -> Slots:
    """What is not said again of the booking that the talk is of."""
    code = slots.wishes.reference or booking_of(slots.option)
    if not code and not _MINE.search(slots.rest):
        code = before.wishes.reference
    names_other = bool(slots.names_offering and not slots.option and not context.asked and intent != Intent.EXCHANGE)
    if names_other and not slots.wishes.reference:
        return slots
    is_same = intent == context.intent
    wishes = replace(
        slots.wishes,
        reference=code,
        features=slots.wishes.features or before.wishes.features,
        seat_class=slots.wishes.seat_class or before.wishes.seat_class,
        mentions=slots.wishes.mentions or (before.wishes.mentions if is_same and _only_that(slots) else ()),
        way=slots.wishes.way or (before.wishes.way if is_same else ""),
    )
    return replace(
        slots,
        wishes=wishes,
        seats=slots.seats or (before.seats if is_same else ()),
        day=slots.day or (before.day if is_same else None),
        hours=slots.hours or (before.hours if is_same else None),
        shows=slots.shows or (before.shows if is_same else ()),
        trains=slots.trains or (before.trains if is_same else ()),
    )
