"""What does somebody want to know? Elected: the first cue that fits has a vote, and all words together have one.

Questions about other people come first and the caller's own money next, since there a mistake would weigh most.
"""

import re

from . import cues
from .intents import BOOKINGS, OFFERINGS, Intent
from .learned import is_strange, votes
from .reading import folded
from .slots import Slots
from .vocabulary import VOCABULARY

_POSSESSIVE = re.compile(r"\b([a-z]+)['’‘`]s (\w+)(?: (\w+))?", re.IGNORECASE)
# After these, "balcony, for three?" asks what it costs.
_WITHOUT_SEATS = frozenset({Intent.SHOW, Intent.WHATS_ON, Intent.TIMETABLE, Intent.TRAINS})
_OF_SHOWS = frozenset({Intent.SHOW, Intent.WHATS_ON})
# A clear case is about 1 ahead: then the words outvote a cue that fits by chance.
_VOTE_OF_CUES = 0.15
# What others have is told to nobody: in doubt it is taken as asked for.
_VOTE_OF_ANOTHER = 0.6
_MANNERS = frozenset({Intent.CONFIRM, Intent.DECLINE, Intent.SMALLTALK})
# Below this nothing that is known speaks for anything.
_LEAST_VOTES = 0.25
_BELONGING = frozenset({"of", "by", "under", "to"})
_WHEREABOUTS = frozenset({"in", "on", "at", "sitting", "going", "aboard"})


def recognise(slots: Slots, *, message: str, before: Slots | None = None, going_on: Intent = Intent.UNKNOWN) -> Intent:
    """The intent behind what was said; UNKNOWN rather than a guess.

    Args:
        before: what was talked of, if anything was.
        going_on: the intent that was answered last.
    """
    text = slots.rest
    if speaks_of_another(slots, message):
        return Intent.OTHER_PEOPLE
    if (manners := _manners(text, slots)) is not None:
        return manners
    if (
        going_on in OFFERINGS | BOOKINGS
        and _goes_on(slots)
        and not (going_on in _OF_SHOWS and cues.TRAINS.search(text))
    ):
        is_of_seats = bool(slots.zones or slots.wishes.seat_class or slots.wishes.count)
        return Intent.FARES if is_of_seats and going_on in _WITHOUT_SEATS else going_on
    talked_of = slots
    if before is not None and not slots.names_offering and (before.names_offering or before.near):
        talked_of = before
    found = _about_own(text, slots, talked_of) or _about_person(text, slots) or _about_offers(text, slots, talked_of)
    return _elected(slots, found or _small(text), going_on)


def _elected(slots: Slots, by_cues: Intent | None, going_on: Intent) -> Intent:
    """The intent with most votes: what cues say first counts, and so do all words together."""
    counted = votes(slots.pattern, going_on)
    if by_cues is not None:
        counted[by_cues] += _VOTE_OF_CUES
    if _touches_another(slots.rest, going_on):
        counted[Intent.OTHER_PEOPLE] += _VOTE_OF_ANOTHER
    if slots.day or slots.hours or slots.seats or slots.rows or slots.wishes.count or slots.names_offering:
        counted = {intent: count for intent, count in counted.items() if intent not in _MANNERS}
    best = max(counted, key=counted.__getitem__)
    if by_cues is None and (counted[best] < _LEAST_VOTES or is_strange(slots.pattern)):
        return _by_what_is_named(slots.rest, slots)
    return best


def speaks_of_another(slots: Slots, message: str) -> bool:
    """Whether somebody is named, and it is asked what they have."""
    text = slots.rest
    if slots.wishes.email:
        return not cues.CHANGE_OF_PERSON.search(text) and not re.search(r"\bmy\b", text)
    if any(
        owner.lower() not in cues.NOT_A_PERSON and {owned.lower(), then.lower()} & cues.PERSONAL
        for owner, owned, then in _POSSESSIVE.findall(message)
    ):
        return True
    if slots.unknown_place:
        return False
    words = message.split()
    is_plain = message != message.title() and not message.isupper()
    capitalised = (
        frozenset(folded(word.strip(",.?!")) for word in words[1:] if word[:1].isupper() and not word.isupper())
        if is_plain
        else frozenset()
    )
    return _names_a_person(text.split(), capitalised)


def _touches_another(text: str, going_on: Intent) -> bool:
    """Whether it sounds like what others have. Those before one in a queue are nobody's business of that kind."""
    if going_on == Intent.WAITING:
        text = re.sub(r"\b(?:before|ahead of|in front of|behind) (?:me|us)\b", "", text)
    of_others = cues.OF_OTHERS.search(text) and not cues.OF_MY_OWN.search(text)
    of_relations = cues.OF_RELATIONS.search(text) and not text.startswith(("can ", "may ", "could "))
    return bool(of_others or of_relations)


def _names_a_person(words: list[str], capitalised: frozenset[str]) -> bool:
    """A word that nobody knows, where a name would stand: "did Ravi book", "the orders of Ravi"."""
    speaks_of_having = bool(set(words) & (cues.PERSONAL | cues.DOING))
    for n, word in enumerate(words):
        if word in VOCABULARY or not word.isalpha() or len(word) < 3 or cues.NOT_OURS.fullmatch(word):
            continue
        before = words[:n][-2:]
        after = words[n + 1] if n + 1 < len(words) else ""
        if word in capitalised and speaks_of_having:
            return True
        asked_whether = bool(before and before[-1] in cues.ASKING and after in cues.DOING | _WHEREABOUTS)
        belongs = len(before) == 2 and before[0] in cues.PERSONAL and before[1] in _BELONGING
        if asked_whether or belongs or (word.endswith("s") and before[-1:] == ["show"] and after in cues.PERSONAL):
            return True
    return False


def _manners(text: str, slots: Slots) -> Intent | None:
    if slots.names_offering or slots.seats or slots.rows or slots.wishes.reference or slots.day or slots.hours:
        return None
    if slots.zones or slots.wishes.seat_class:
        return None
    if cues.CONFIRM.search(text):
        return Intent.CONFIRM
    if cues.DECLINE.search(text):
        return Intent.DECLINE
    return Intent.SMALLTALK if cues.SMALLTALK.search(text) else None


def _goes_on(slots: Slots) -> bool:
    """Only names, days and numbers: "and on Friday?", "for two", "12953"."""
    return set(slots.rest.split()) <= cues.FILLER | {word for word in slots.rest.split() if word.isdigit()} and bool(
        slots.pattern
    )


def _about_own(text: str, slots: Slots, talked_of: Slots) -> Intent | None:
    """Questions about what the caller has, or pays."""
    if cues.CHOOSE_SEAT.search(text) and not slots.seats and not slots.names_offering:
        return Intent.HOW_TO_BOOK
    asks_timetable = slots.trains and cues.STOPS.search(text) and not re.search(r"\bmy\b", text)
    mine = bool(cues.MINE.search(text) and not asks_timetable) or bool(slots.wishes.reference)
    if cues.WAITING.search(text):
        return Intent.WAITING
    if cues.CHANGE_OF_PERSON.search(text):
        return Intent.ACCOUNT
    if cues.PAYMENT_PROBLEM.search(text) and not cues.REFUND_STATUS.search(text):
        return Intent.PAYMENT_PROBLEM
    if cues.REFUND_STATUS.search(text) and not re.search(r"\bif\b", text):
        return Intent.REFUND_STATUS
    if cues.HOLD.search(text) and re.search(r"\b(?:release|keep)\b", text) and re.match(r"how|when|until", text):
        return Intent.MY_HOLD
    if cues.CANCEL.search(text) and not cues.ACCOUNT.search(text):
        is_of_run = cues.OF_A_RUN_CANCELLED.search(text) and not cues.MY_PURCHASE.search(text)
        if not is_of_run:
            return Intent.CANCEL
        if talked_of.names_offering or cues.TRAINS.search(text) or slots.day:
            return Intent.RUNNING
    if cues.TICKETS.search(text) and not cues.PRICE.search(text) and not cues.PAY.search(text):
        return Intent.TICKETS
    if cues.EXCHANGE.search(text) and not (cues.STOPS.search(text) and slots.trains):
        return Intent.EXCHANGE
    wants = cues.WANT_BOOK.search(text) and cues.BOOK.search(text)
    about_me = re.search(r"\b(?:my|mine|me|do i|am i)\b", text)
    if cues.HOLD.search(text) and (about_me or not slots.seats) and not (wants and slots.names_offering):
        return Intent.MY_HOLD
    if (
        mine
        and (not cues.HOW.match(text) or cues.HOW_MUCH.match(text))
        and not _asks_of_seats(text, slots)
        and not cues.ACCOUNT.search(text)
    ):
        if cues.TRAIN_TROUBLE.search(text):
            return Intent.RUNNING
        return Intent.MY_BOOKINGS
    return None


def _asks_of_seats(text: str, slots: Slots) -> bool:
    return bool(
        cues.FREE.search(re.sub(r"\b(?:booked|reserved)\b", "", text)) and (slots.seats or cues.SEATS.search(text))
    ) and (not slots.wishes.reference and not re.search(r"\bmy\b", text))


def _about_person(text: str, slots: Slots) -> Intent | None:
    if cues.ACCOUNT.search(text) and not (slots.shows and cues.ABOUT_SHOW.search(text)):
        return Intent.ACCOUNT
    if cues.CONTACT.search(text):
        return Intent.CONTACT
    if cues.ACCESSIBILITY.search(text):
        return Intent.ACCESSIBILITY
    if cues.LUGGAGE.search(text):
        return Intent.LUGGAGE
    return None


def _about_offers(text: str, slots: Slots, talked_of: Slots) -> Intent | None:
    asks_how = bool(cues.HOW.search(text)) and not cues.HOW_MUCH.search(text)
    has_count = slots.wishes.count is not None
    is_question = text.startswith(
        ("is ", "are ", "has ", "have ", "how many", "which ", "any ", "does ", "was ", "can i still", "still ")
    )
    if cues.TRAIN_TROUBLE.search(text) and not re.search(r"\btoo late\b|\bhow late\b", text):
        return Intent.RUNNING
    if cues.PAY.search(text) and not slots.names_offering and not cues.PRICE.search(text):
        return Intent.HOW_TO_PAY
    if re.search(r"\b(?:what|how much)\b.* pay\b", text) and talked_of.names_offering:
        return Intent.FARES
    if cues.WANT_BOOK.search(text) and slots.wishes.extreme == "cheapest" and not cues.HOW_MUCH.search(text):
        return Intent.BOOK
    if (
        cues.PRICE.search(text)
        and (not cues.TRAINS.search(text) or "much" in text or "cost" in text)
        and not cues.NOT_OURS.search(text)
    ):
        return Intent.FARES
    if cues.NOT_OURS.search(text):
        return Intent.UNKNOWN
    if slots.seats or slots.rows:
        wants = cues.WANT_BOOK.search(text) or (cues.BOOK.search(text) and not cues.FREE.search(text))
        return Intent.BOOK if wants and not is_question else Intent.SEAT_FREE
    if _is_availability(text, slots, talked_of, is_question=is_question):
        return Intent.SEAT_FREE
    if (
        booking := _about_booking(
            text, slots, talked_of, asks_how=asks_how, has_count=has_count, is_question=is_question
        )
    ) is not None:
        return booking
    if _is_running(text, slots, talked_of):
        return Intent.RUNNING
    return _about_catalogue(text, slots, talked_of)


def _is_availability(text: str, slots: Slots, talked_of: Slots, *, is_question: bool) -> bool:
    if not cues.FREE.search(text):
        return False
    books = cues.BOOK.search(re.sub(r"\b(?:seats?|tickets?|berths?|places?)\b.*", "", text))
    if cues.SEATS.search(text) or slots.zones or slots.wishes.seat_class:
        return bool(is_question or not books or (slots.names_offering and not cues.WANT_BOOK.match(text)))
    if cues.TRAIN_AVAILABLE.search(text):
        return False
    return bool(talked_of.names_offering and cues.SOLD_OUT.search(text))


def _about_booking(
    text: str, slots: Slots, talked_of: Slots, *, asks_how: bool, has_count: bool, is_question: bool
) -> Intent | None:
    if cues.BOOK.search(text):
        points = bool(cues.POINTING.search(text)) and talked_of.names_offering
        if (
            asks_how
            and not (has_count and slots.names_offering)
            and not re.search(r"(?<!how )(?<!where )\bcan i (?:book|buy|get|reserve)\b", text)
        ):
            return Intent.HOW_TO_BOOK
        if slots.names_offering or slots.near or slots.destination or slots.origin or points or has_count:
            return Intent.BOOK
        return Intent.BOOK if slots.day and cues.WANT_BOOK.search(text) else Intent.HOW_TO_BOOK
    has_seats = cues.SEATS.search(text) and (
        has_count or slots.wishes.features or slots.zones or slots.wishes.seat_class
    )
    if has_seats and slots.names_offering:
        return Intent.SEAT_FREE if is_question else Intent.BOOK
    if has_count and slots.names_offering and not is_question and not cues.FREE.search(text):
        return None if cues.TRAINS.search(text) or cues.WHATS_ON.search(text) else Intent.BOOK
    return None


def _is_running(text: str, slots: Slots, talked_of: Slots) -> bool:
    about_train = talked_of.trains or slots.unknown_train or cues.TRAINS.search(text)
    return bool(
        cues.RUNNING.search(text)
        and about_train
        and not re.search(
            r"\bwhich trains\b|\btrains run\b|\brun(?:s|ning)? (?:from|between|to)\b|\bdays?\b|\bevery\b", text
        )
    )


def _about_catalogue(text: str, slots: Slots, talked_of: Slots) -> Intent | None:
    """Trains and shows: which, when, where, how long."""
    about_show = bool(slots.shows) or (
        bool(talked_of.shows) and not slots.names_train and bool(cues.POINTING.search(text))
    )
    if (
        about_show
        and cues.ABOUT_SHOW.search(text)
        and not re.search(r"\b(?:playing|on|next|first|last) (?:show|performance|in)\b", text)
    ):
        return Intent.SHOW
    if slots.shows and (cues.SHOW_TALK.search(text) or cues.WHATS_ON.search(text) or _is_bare(text)):
        return Intent.WHATS_ON
    about_train = talked_of.trains or slots.unknown_train
    if cues.STOPS.search(text) and (about_train or talked_of.names_train):
        return Intent.TIMETABLE
    if _speaks_of_trains(text, slots):
        return Intent.TRAINS
    if cues.WHATS_ON.search(text):
        return Intent.WHATS_ON
    if cues.OTHER_WAY.search(text) and talked_of.names_train:
        return Intent.TRAINS
    if talked_of.names_train and cues.TRAIN_TALK.search(text) and (slots.hours or slots.wishes.extreme or slots.day):
        return Intent.TRAINS
    if about_show or (talked_of.shows and slots.wishes.extreme):
        return Intent.WHATS_ON
    return None


def _speaks_of_trains(text: str, slots: Slots) -> bool:
    if cues.TRAINS.search(text) or (slots.origin and slots.destination) or slots.unknown_place:
        return True
    if slots.trains or slots.unknown_train:
        return bool(cues.TRAIN_TALK.search(text)) or _is_bare(text)
    return bool(slots.origin or slots.destination) and bool(cues.TRAIN_TALK.search(text))


def _by_what_is_named(text: str, slots: Slots) -> Intent:
    """Where the words say nothing that is known, what is on sale of what they name is the best that can be told."""
    if cues.NOT_OURS.search(text):
        return Intent.UNKNOWN
    if slots.shows:
        return Intent.WHATS_ON
    return Intent.TRAINS if slots.names_train else Intent.UNKNOWN


def _is_bare(text: str) -> bool:
    """Little more than a name and perhaps a day: the most natural question about it is meant."""
    return len(text.split()) <= 2 and not text.startswith(("is", "does", "has", "who", "why", "can"))


def _small(text: str) -> Intent | None:
    if cues.HELP.search(text):
        return Intent.HELP
    return Intent.SMALLTALK if cues.GREETING.search(text) else None
