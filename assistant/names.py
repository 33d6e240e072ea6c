"""Which stations, trains and shows does a message name? Names are found as people write them: shortened or misspelt."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from booking.models import Hall, Show, Station, Train, Venue

from .people import AgeRange
from .reading import Reading, Word, words_of
from .vocabulary import (
    CITIES_OF_REGION,
    FUNCTION_WORDS,
    VOCABULARY,
    is_close,
    old_name_respelt,
    slips,
    spelt_out,
    todays_name,
)

# Said of most trains and stations, so they tell none apart.
COMMON_IN_NAMES = frozenset({"express", "mail", "superfast", "sf", "junction", "jn", "the", "of", "and", "a", "an"})
_JOINING = COMMON_IN_NAMES | {"in", "at", "for", "to", "from", "with", "on", "or"}
# They begin the names of zones, and are said of berths and rows.
_SAID_OF_ANY_SEAT = frozenset(
    {"seats", "seat", "upper", "lower", "front", "side", "first", "second", "general", "table"}
)
LONGEST_NAME_WORDS = 8
SHORTEST_LONE_WORD = 5
SHORTEST_ZONE = 4
# Where a place stands ("from ..."), a name this long may have two slips.
SHORTEST_SLIPPED_TWICE = 7
_BEFORE_PLACES = frozenset({"from", "to", "reach", "reaches", "via", "at", "in", "between"})
# "From platform 9" is where a train leaves, though a title begins so.
_BEFORE_PLATFORMS = frozenset({"from", "on", "at", "which", "what", "my", "the", "arrive", "leave"})


@dataclass(frozen=True, slots=True)
class Place:
    """A city or a station as somebody names it; a city may have several stations, or none but a venue.

    `cities` are how the catalogue calls it: "Delhi" is said of New Delhi too. `venue` is that of a theatre by its name,
    and `hall` that of a hall in it.
    """

    name: str
    stations: tuple[Station, ...]
    cities: frozenset[str]
    venue: str = ""
    hall: str = ""


@dataclass(frozen=True, slots=True)
class ZoneName:
    """What a class of travel or a price zone of some hall is called."""

    name: str


Thing = Place | Train | Show | ZoneName


@dataclass(frozen=True, slots=True)
class Named:
    """What a stretch of the message names; several things if the name does not tell them apart."""

    start: int
    end: int
    things: tuple[Thing, ...]


Phrase = tuple[str, ...]
_Recognise = Callable[[Sequence[Word], Reading], tuple[Thing, ...]]


class Names:
    """Everything that has a name here, by every phrase that people may use for it."""

    def __init__(
        self,
        *,
        stations: Iterable[Station],
        venues: Iterable[Venue],
        halls: Iterable[Hall] = (),
        trains: Iterable[Train],
        shows: Iterable[Show],
        zones: Iterable[str] = (),
        ages: Iterable[AgeRange] = (),
    ) -> None:
        self.ages = tuple(ages)
        self._by_phrase: dict[Phrase, list[Thing]] = defaultdict(list)
        self._codes: set[Phrase] = set()
        self._beginnings: dict[Phrase, Show] = {}
        venues = list(venues)
        self._add_places(stations, {venue.city for venue in venues})
        places = {word for phrase in self._by_phrase for word in phrase}
        for train in trains:
            self._add_train(train, places)
        for show in shows:
            self._add_show(show, places)
        for venue in venues:
            self._add(_phrase(words_of(venue.name)), Place(venue.name, (), frozenset({venue.city}), venue.name))
        for hall in halls:
            known_as = _phrase(words_of(hall.name))
            if len(hall.name) >= SHORTEST_LONE_WORD and known_as not in self._by_phrase:
                venue = hall.venue
                self._add(known_as, Place(hall.name, (), frozenset({venue.city}), venue.name, hall.name))
        zones = list(zones)
        self.zone_begins = _by_first_word(zones)
        for zone in zones:
            # A zone called "A" is not told from the word.
            if len(zone) >= SHORTEST_ZONE:
                self._add(_phrase(words_of(zone)), ZoneName(zone))
        self._by_first_word: dict[str, list[Phrase]] = defaultdict(list)
        for phrase in self._by_phrase:
            self._by_first_word[phrase[0]].append(phrase)

    def place(self, name: str) -> Place | None:
        """The city or station of this name, as a Place has it."""
        return next(
            (thing for thing in self._by_phrase.get(_phrase(words_of(name)), ()) if isinstance(thing, Place)), None
        )

    def take_spelt_right(self, reading: Reading) -> list[Named]:
        """Take names out of the reading; of those of several words the nearly right ones too, longest first.

        Several words in a row are hardly ever near a name by chance, while a lone one may mean something else.
        """
        several = range(LONGEST_NAME_WORDS, 1, -1)
        found = self._take(reading, self._exact, several)
        found += self._take(reading, self._near, several)
        return found + self._take(reading, self._exact, [1])

    def take_misspelt(self, reading: Reading) -> list[Named]:
        """Take names of one word that are nearly right; meant for when all else has been taken."""
        return self._take(reading, self._near, [1]) + self._take(reading, self._place_nearly, [1])

    def _take(self, reading: Reading, recognise: _Recognise, lengths: Iterable[int]) -> list[Named]:
        found = []
        for length in lengths:
            words = reading.words()
            for n in range(len(words) - length + 1):
                span = words[n : n + length]
                if any(reading.is_taken(word) for word in span):
                    continue
                if things := recognise(span, reading):
                    reading.take(span[0].start, span[-1].end, _kind(things[0]))
                    found.append(Named(span[0].start, span[-1].end, things))
        return found

    def _exact(self, span: Sequence[Word], reading: Reading) -> tuple[Thing, ...]:
        phrase = _phrase(word.text for word in span)
        if phrase in self._codes and len(phrase[0]) < 4 and phrase[0] not in reading.shouted:
            return ()
        if phrase in self._beginnings and phrase not in self._by_phrase:
            return () if _is_spot(span, reading) else (self._beginnings[phrase],)
        if any(spelt_out(word.text) != word.text for word in span) and _is_spot(span, reading):
            return ()
        return tuple(self._by_phrase.get(phrase, ()))

    def _near(self, span: Sequence[Word], reading: Reading) -> tuple[Thing, ...]:
        phrase = _phrase(word.text for word in span)
        if (len(phrase) == 1 and phrase[0] in VOCABULARY) or phrase in self._by_phrase:
            return ()
        respelt = tuple(map(old_name_respelt, phrase))
        if respelt != phrase and respelt in self._by_phrase:
            return tuple(self._by_phrase[respelt])
        near = [
            known
            for first, candidates in self._by_first_word.items()
            if is_close(phrase[0], first)
            for known in candidates
            if len(known) == len(phrase) and known not in self._codes and all(map(is_close, phrase, known))
            # Another city, rather than a slip: Raipur is not Jaipur.
            if len(phrase) > 1 or phrase[0][0] == first[0] or not isinstance(self._by_phrase[known][0], Place)
        ]
        if not near:
            return ()
        return tuple(self._by_phrase[min(near, key=lambda known: sum(map(slips, phrase, known)))])

    def _place_nearly(self, span: Sequence[Word], reading: Reading) -> tuple[Thing, ...]:
        """A place whose long name has two slips, where nothing but a place is likely to stand."""
        word = span[0]
        before = [other.text for other in reading.words() if other.end <= word.start]
        if not before or before[-1] not in _BEFORE_PLACES:
            return ()
        if len(word.text) < SHORTEST_SLIPPED_TWICE or word.text in VOCABULARY:
            return ()
        near = [
            known
            for known, things in self._by_phrase.items()
            if len(known) == 1
            and known[0][0] == word.text[0]
            and len(known[0]) >= SHORTEST_SLIPPED_TWICE
            and slips(word.text, known[0]) <= 2
            and isinstance(things[0], Place)
        ]
        if not near:
            return ()
        return tuple(self._by_phrase[min(near, key=lambda known: slips(word.text, known[0]))])

    def _add(self, phrase: Phrase, thing: Thing) -> None:
        if phrase and thing not in self._by_phrase[phrase]:
            self._by_phrase[phrase].append(thing)

    def _add_places(self, stations: Iterable[Station], cities: Iterable[str]) -> None:
        by_city: dict[str, list[Station]] = defaultdict(list)
        for station in stations:
            by_city[station.city].append(station)
        known_as: dict[Phrase, list[str]] = defaultdict(list)
        for city in sorted({*by_city, *cities}):
            for phrase in {_phrase(words_of(city)), _without_new(words_of(city))}:
                known_as[phrase].append(city)
        for phrase, meant in known_as.items():
            name = next((city for city in meant if _phrase(words_of(city)) == phrase), meant[0])
            there = tuple(station for city in meant for station in by_city.get(city, ()))
            self._add(phrase, Place(name, there, frozenset(meant)))
        for region, within in CITIES_OF_REGION.items():
            there = tuple(station for city in within for station in by_city.get(city, ()))
            if there and (region,) not in self._by_phrase:
                self._add((region,), Place(region.title(), there, frozenset(within)))
        for station in [station for group in by_city.values() for station in group]:
            alone = Place(station.name, (station,), frozenset({station.city}))
            for phrase in {_phrase(words_of(station.name)), _without_common(words_of(station.name))}:
                if phrase not in self._by_phrase:
                    self._add(phrase, alone)
            code = _phrase(words_of(station.code))
            if code not in self._by_phrase:
                self._add(code, alone)
                self._codes.add(code)

    def _add_train(self, train: Train, place_words: set[str]) -> None:
        words = words_of(train.name)
        self._add((train.number.lower(),), train)
        self._add(_phrase(words), train)
        shorter = _without_common(words)
        if any(word not in place_words and word not in VOCABULARY for word in shorter):
            self._add(shorter, train)
        if len(shorter) > 1:
            # "Tamilnadu", "goldentemple".
            self._add((shorter[0] + shorter[1],), train)
        for word in shorter:
            if word not in place_words and word not in VOCABULARY and len(word) >= SHORTEST_LONE_WORD:
                self._add((word,), train)

    def _add_show(self, show: Show, place_words: set[str]) -> None:
        words = words_of(show.title)
        self._add(_phrase(words), show)
        start = 1 if words and words[0] in {"the", "a", "an"} else 0
        if len(words) > start + 1:
            self._add(_phrase(words[start:]), show)
        for end in range(start + 2, len(words)):
            # "Rivers in" and "ten thousand" are said of much else.
            if words[start] not in FUNCTION_WORDS and words[end - 1] not in _JOINING:
                self._beginnings.setdefault(_phrase(words[start:end]), show)
        for word in words:
            if word not in place_words and word not in VOCABULARY and len(word) >= SHORTEST_LONE_WORD:
                self._add((word,), show)


def _by_first_word(zones: Iterable[str]) -> dict[str, str]:
    """Zones by the word that begins only one of them: "standing" of "Standing, in front of the stage"."""
    found: dict[str, list[str]] = defaultdict(list)
    for zone in dict.fromkeys(zones):
        words = words_of(zone)
        if len(words) > 1 and len(words[0]) >= SHORTEST_ZONE and words[0] not in _SAID_OF_ANY_SEAT:
            found[words[0]].append(zone)
    return {word: named[0] for word, named in found.items() if len(named) == 1}


def _is_spot(span: Sequence[Word], reading: Reading) -> bool:
    """Whether it stands where a platform would, "from platform 9", and not a title."""
    before = [word.text for word in reading.words() if word.end <= span[0].start]
    return bool(before) and before[-1] in _BEFORE_PLATFORMS


def _kind(thing: Thing) -> str:
    return {Place: "_place", Train: "_train", Show: "_show", ZoneName: "_class"}[type(thing)]


def _phrase(words: Iterable[str]) -> Phrase:
    return tuple(todays_name(spelt_out(word)) for word in words)


def _without_new(words: Sequence[str]) -> Phrase:
    return _phrase(words[1:] if words[0] == "new" and len(words) > 1 else words)


def _without_common(words: Sequence[str]) -> Phrase:
    return _phrase(word for word in words if word not in COMMON_IN_NAMES)
