"""Which words does the assistant know, and when is a word close enough to one to be a misspelling of it?"""

from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip

DAY_WORDS = frozenset({"today", "tonight", "tomorrow", "yesterday", *WEEKDAYS, *MONTHS})

# Words that patterns look for (intents.py); a misspelt one is corrected before the patterns are tried.
KEYWORDS = frozenset(
    """
    seat seats berth berths coach place places free available availability vacant taken sold booked left empty open
    book booking bookings buy purchase reserve reservation reservations order orders ticket tickets
    pay paid paying payment payments card cards cancel cancelled cancelling cancellation refund refunds refunded
    train trains railway connection connections travel journey departure departures depart leave fare fares timetable
    show shows performance performances play plays playing playbill theatre theater concert concerts event events
    programme opera musical price prices cost costs tickets happening weekend
    help hello assistant money back return mine purchased bought
    weather late delayed delay platform luggage parking restaurant meal food
    """.split()
)

# Words that carry no meaning of their own here. They are never a misspelling of anything.
FUNCTION_WORDS = frozenset(
    """
    a an and any are as at be been between by can could did do does for from get give given go going good got had has
    have hello hey hi how i if in into is it its just like list make many may me much my need next now number of off
    okay on one or our please row see some soon still tell than thank thanks that the their them then there these they
    this those time times to towards two up us via want was we what whats when where which who whose why will with
    would yes you your
    plan plane planes ship ships shop shops
    """.split()
)

VOCABULARY = KEYWORDS | FUNCTION_WORDS | DAY_WORDS

# Names people still use for places that are now called otherwise, and the other way round.
_TODAYS_NAME = {
    "bombay": "mumbai", "bangalore": "bengaluru", "madras": "chennai", "calcutta": "kolkata", "poona": "pune",
    "benares": "varanasi", "banaras": "varanasi", "allahabad": "prayagraj", "baroda": "vadodara",
    "trivandrum": "thiruvananthapuram", "cochin": "kochi", "mysore": "mysuru", "vizag": "visakhapatnam",
}  # fmt: skip


_CORRECTABLE = sorted(KEYWORDS | DAY_WORDS)

# Slips that make another word, or are too short for the rule below.
_SLIPS = {"form": "from", "frm": "from", "fro": "from", "wat": "what", "wats": "whats", "hw": "how", "hwo": "how"}


def todays_name(word: str) -> str:
    return _TODAYS_NAME.get(word, word)


def edits_allowed(word: str) -> int:
    """Slips of the finger forgiven in a word: none below four letters, where one slip makes another word."""
    if len(word) < 4:
        return 0
    return 1 if len(word) < 8 else 2


def slips(word: str, target: str) -> int:
    """Letters wrong, missing, too many or swapped with their neighbour."""
    return OSA.distance(word, target)


def is_close(word: str, target: str) -> bool:
    """Whether `word` is `target` or a likely misspelling of it."""
    allowed = min(edits_allowed(word), edits_allowed(target))
    return word == target or OSA.distance(word, target, score_cutoff=allowed) <= allowed


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` is or probably means."""
    allowed = edits_allowed(word)
    found = process.extractOne(word, known, scorer=OSA.distance, score_cutoff=allowed)
    return found[0] if found and is_close(word, found[0]) else None


def corrected(word: str) -> str:
    """The word of the vocabulary that `word` is or probably means; `word` itself if none is near."""
    word = _SLIPS.get(word, word)
    if word in VOCABULARY:
        return word
    meant = closest(word, _CORRECTABLE)
    # Fingers slip on the first letter least, and there it makes other words: rain and train, wicket and ticket.
    return meant if meant and meant[0] == word[0] else word
