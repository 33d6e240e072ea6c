"""What does a message name? Its seats, trains, shows, places, days and wishes; nothing is looked up or guessed."""

import re
from dataclasses import dataclass, field

from booking.models import Show, Train

from .dates import DayMention
from .days_said import take_day, take_shift, take_way_back
from .hours import Hours, take_hours
from .limits import take_limit
from .names import Named, Names, Place, Thing, ZoneName
from .reading import Reading, Word
from .seat_names import take_seats
from .vocabulary import VOCABULARY, corrected
from .wishes import Wishes, take_class, take_email, take_reference, take_times, wishes_in

# What follows is said in place of what went before: "from Bhopal, no sorry, from Nagpur".
_CORRECTS = re.compile(r"[.,;!–-] *(?:oh |ah |hm+ )?(?:no|nope|sorry|i meant?|rather|opposite)\b|\bi meant\b")
# Between two days, less will do: "on Friday no wait Saturday".
_CORRECTS_DAY = re.compile(r"\b(?:no|nope|sorry|wait|i meant?|rather|actually|better|make (?:it|that))\b")
_UNKNOWN_TRAIN = re.compile(r"\b(?:train\s+(?:number\s+|no\.?\s*)?(?P<after_word>\d{3,6})|(?P<bare>\d{5}))\b")
_ORIGIN_WORDS = frozenset({"from", "leaving", "between", "starting", "departing"})
_DESTINATION_WORDS = frozenset({"to", "towards", "till", "until", "for", "and", "reach", "reaches", "arrive"})
# "Arrive at Surat", "get to": the word before the place is not the telling one.
_AT_WORDS = frozenset({"at", "in"})
_ARRIVAL_WORDS = frozenset({"be", "arrive", "arrives", "arrival", "arriving", "reach", "reaches", "get"})
# Before "to", where no journey is begun "from" somewhere.
_GOING = frozenset({"train", "trains", "go", "get", "travel", "going", "travelling", "trip", "reach", "journey", "run"})


SHORTEST_STRANGE = 4
_BEFORE_STOPS = frozenset({"in", "at", "via", "through", "reach", "reaches", "stop", "stops", "about", "touch"})


@dataclass(frozen=True, slots=True)
class Slots:
    """What was named. Several trains or shows: the name fits them all. `unknown_*`: named, but we have none such.

    `rest` is what remains of the message, in words of the vocabulary where they are near enough. A title is not in it:
    "Platform Nine at Midnight" is no question about platforms. `pattern` is the whole message with what was named
    replaced by its kind. A seat of which only the number was said is that number; `rows` are rows and coaches as a
    whole. `strange` are words that nothing here is called by.
    """

    seats: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    # Seats that were asked about before these, of the same run or performance.
    seen: tuple[str, ...] = ()
    trains: tuple[Train, ...] = ()
    shows: tuple[Show, ...] = ()
    origin: Place | None = None
    destination: Place | None = None
    near: Place | None = None
    day: DayMention | None = None
    # Relative to the day that is talked of: "a week later" is 7.
    days_later: int | None = None
    # Of a return journey, the day on which it goes back.
    way_back: DayMention | None = None
    hours: Hours | None = None
    zones: tuple[str, ...] = ()
    wishes: Wishes = field(default_factory=Wishes)
    # Of the trips or performances that were told before, the one that is meant (options.py).
    option: str = ""
    # The key of the trip or performance that was told just before: "a later one" is later than that.
    beyond: str = ""
    # Keys of all the performances that were listed, where none of them is meant alone: "what do they cost?".
    listed: tuple[str, ...] = ()
    unknown_train: str = ""
    unknown_place: str = ""
    # Where a stop would stand, "and in Salem?".
    unknown_stop: str = ""
    strange: tuple[str, ...] = ()
    # The one thing that is asked of how things work here (topics.py).
    topic: str = ""
    rest: str = ""
    pattern: str = ""

    @property
    def names_train(self) -> bool:
        return bool(self.trains or self.unknown_train or self.unknown_place or (self.origin and self.destination))

    @property
    def names_offering(self) -> bool:
        return bool(self.names_train or self.shows or self.option)


@dataclass(frozen=True, slots=True)
class _Route:
    origin: Place | None = None
    destination: Place | None = None
    near: Place | None = None


def extract(message: str, names: Names) -> Slots:
    """Names spelt right are taken first, so that a show called after a day or a place is not read as one."""
    reading = Reading(message)
    email, reference = take_email(reading), take_reference(reading)
    limit = take_limit(reading)
    named = names.take_spelt_right(reading)
    seat_class = take_class(reading)
    days_later = take_shift(reading)
    day = _take_day(reading)
    way_back = take_way_back(reading)
    hours = take_hours(reading)
    times = take_times(reading)
    seats, rows = take_seats(reading)
    unknown_train = _take_unknown_train(reading)
    named = sorted([*named, *names.take_misspelt(reading)], key=lambda found: found.start)

    things = [thing for found in named for thing in found.things]
    route = _route(reading, named)
    return Slots(
        seats=seats,
        rows=rows,
        trains=_most_named([found for found in named if isinstance(found.things[0], Train)]),
        shows=tuple(dict.fromkeys(thing for thing in things if isinstance(thing, Show))),
        origin=route.origin,
        destination=route.destination,
        near=route.near,
        day=day,
        days_later=days_later,
        way_back=way_back,
        hours=hours,
        zones=_zones(reading, names, things),
        wishes=wishes_in(
            reading,
            reference=reference,
            email=email,
            seat_class=seat_class,
            limit=limit,
            ages=names.ages,
            times=times,
        ),
        unknown_train=unknown_train,
        unknown_place=_unknown_place(reading),
        unknown_stop=_unknown_stop(reading),
        strange=_strange(reading),
        rest=" ".join(corrected(word.text) for word in reading.untaken()),
        pattern=reading.pattern(corrected),
    )


def _take_day(reading: Reading) -> DayMention | None:
    """The day that is named, or the one that it is corrected to."""
    day = take_day(reading)
    for correction in _CORRECTS_DAY.finditer(reading.text) if day else ():
        before, after = Reading(reading.text[: correction.start()]), Reading(reading.text[correction.end() :])
        if take_day(before) and (corrected_to := take_day(after)):
            day = corrected_to
            take_day(reading)
    return day


def _zones(reading: Reading, names: Names, things: list[Thing]) -> tuple[str, ...]:
    """Classes and zones by their names; where none is named, by the word that begins one's alone: "standing"."""
    named = tuple(dict.fromkeys(thing.name for thing in things if isinstance(thing, ZoneName)))
    return named or tuple(
        dict.fromkeys(zone for word in reading.untaken() if (zone := names.zone_begins.get(word.text)))
    )


def _take_unknown_train(reading: Reading) -> str:
    match = reading.take_match(_UNKNOWN_TRAIN, kind="_train")
    return (match["after_word"] or match["bare"]) if match else ""


def _most_named(found: list[Named]) -> tuple[Train, ...]:
    """The train that every one of its mentions fits ("the 12951 Rajdhani"), or all that the first one fits."""
    if not found:
        return ()
    fitting = [thing for thing in found[0].things if all(thing in other.things for other in found)]
    chosen = fitting or [thing for other in found for thing in other.things]
    return tuple(dict.fromkeys(thing for thing in chosen if isinstance(thing, Train)))


def _route(reading: Reading, named: list[Named]) -> _Route:
    """Origin and destination by the word before each place; two bare places are taken in the order they come."""
    words = reading.words()
    origin = destination = None
    bare: list[Place] = []
    if (corrects := _CORRECTS.search(reading.text)) and any(
        found.start > corrects.end() and isinstance(found.things[0], Place) for found in named
    ):
        named = [found for found in named if found.start > corrects.end()]
    for found in named:
        place = found.things[0]
        if not isinstance(place, Place):
            continue
        before, before_that = _words_before(words, found.start)
        if before == "not":
            continue
        arrives = before in _AT_WORDS and before_that in _ARRIVAL_WORDS
        if before in _ORIGIN_WORDS and origin is None:
            origin = place
        elif (before in _DESTINATION_WORDS or arrives) and destination is None and (before != "and" or origin):
            destination = place
        else:
            bare.append(place)
    near = bare[0] if bare else None
    for place in bare:
        if origin is None and (destination or len(bare) > 1):
            origin = place
        elif destination is None and origin is not None and place is not origin:
            destination = place
    return _Route(origin, destination, near)


def _words_before(words: list[Word], start: int) -> tuple[str, str]:
    """The word before, and the one before that."""
    before = [corrected(word.text) for word in words if word.end <= start][-2:]
    return (before[-1] if before else "", before[-2] if len(before) > 1 else "")


def _unknown_place(reading: Reading) -> str:
    """What stands where a place would ("from ... to ..."), but is none that we know."""
    words = reading.words()
    before_words = [corrected(word.text) for word in words]
    if "from" not in before_words and not _GOING & set(before_words):
        return ""
    for before, word in zip(before_words, words[1:], strict=False):
        is_a_name = (
            word.text.isalpha()
            and len(word.text) > 2
            and corrected(word.text) not in VOCABULARY
            and not reading.is_taken(word)
        )
        if before in {"from", "to"} and is_a_name:
            return word.text
    if len(words) > 2 and words[1].text == "to" and reading.is_taken(words[2]):
        first = words[0]
        # "Pune to Mumbai": what begins a journey is a place too.
        is_a_name = first.text.isalpha() and corrected(first.text) not in VOCABULARY and not reading.is_taken(first)
        return first.text if is_a_name else ""
    return ""


def _unknown_stop(reading: Reading) -> str:
    """A word that is none of ours after "in" or "stop at"; at the end even one that is near to a word of ours."""
    words = reading.words()
    for before, word in zip(words, words[1:], strict=False):
        is_stop = before.text in _BEFORE_STOPS and word.text.isalpha() and len(word.text) >= SHORTEST_STRANGE
        is_strange = word is words[-1] or corrected(word.text) not in VOCABULARY
        if is_stop and is_strange and word.text not in VOCABULARY and not reading.is_taken(word):
            return word.text
    return ""


def _strange(reading: Reading) -> tuple[str, ...]:
    """Words that are neither names here nor any that people use in asking: perhaps a title that we do not have."""
    return tuple(
        word.text
        for word in reading.untaken()
        if word.text.isalpha() and len(word.text) >= SHORTEST_STRANGE and corrected(word.text) not in VOCABULARY
    )
