"""Which words does the assistant know, and when is a word close enough to one to be a misspelling of it?"""

import functools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip

DAY_WORDS = frozenset({"today", "tonight", "tomorrow", "yesterday", *WEEKDAYS, *MONTHS})

# Words that patterns look for (cues.py); a misspelt one is corrected before the patterns are tried.
KEYWORDS = frozenset(
    """
    accessible account accounts adult adults afternoon aisle allowance arrival arrive arrives assistant availability
    available back baggage berth berths book booked booking bookings bought buy calendar cancel cancellation
    cancelled cancelling cancels card cards change charged cheap cheapest child children coach coaches code comedy
    complaint concert concerts confirmation connection connections cost costs coupon coupons customer customers
    declined deducted delay delayed delays depart departure departures device devices discount download drama
    duration earliest email empty evening event events exchange expire expired expires failed fare fares fastest
    food free happening held hello help hold holding installments instalment instalments journey language late
    latest leave leaves left login lower luggage meal mine money morning musical occupied opera order orders paid
    parking passenger passengers passkey password pay paying payment payments people performance performances person
    place places platform play playbill playing plays postpone price prices profile programme promo promotion
    purchase purchased queue railway reach reader rebook refund refundable refunded refunds refused register
    reschedule resend reservation reservations reserve reserved restaurant return route schedule screen seat seats
    senior show shows sold somebody standing status stop stops suitcase swap taken theater theatre ticket tickets
    timetable train trains transaction transfer travel upgrade upper vacant verification voucher vouchers waiting
    weather wheelchair window
    """.split()
)

# Words that carry no meaning of their own here. They are never a misspelling of anything.
FUNCTION_WORDS = frozenset(
    """
    a able about access actually again age agent ago all already also always am an and another any anybody anyone
    anything apart are around as aside ask asking at away baby be because been before best better between bill
    billed boss both bread bring brother busy but by call called came can cannot cant cart chance chances cheaper
    choose chosen class close colleague come coming complete completely connect correct could couple crowded
    currency daughter day days dear dearer did didnt different do does doesnt doing dollars done dont down drive
    drop during each early either else elsewhere end enough error euros even ever every everyone everything exactly
    face fair fast father fee fees few find fine first five fix follow for forget found four friend from full fully
    fun further get gets getting give given go goes going gone good got great group had half hall hand hang happen
    happened happens has have havent having he hear hello her here hers hey hi high him his home hour hours house
    how however human husband i id if im in infant inside instead insurance into is isnt it its ive job just keep
    kids kind know large last later lead least left less let lie lies like line list little live long look looking
    lost lot low made main make man many map matter may maybe me mean means meeting men middle midnight might mind
    minor minute minutes miss missed months more morning most mother move much must my name names near nearest need
    neighbour never new next nice night nine no nobody none noon nor not nothing now number occupied of off offer
    offers often ok okay old on once one ones only open option options or other others our out over overnight owe
    own owner packed pair part party past per perfect pick picked plan plane planes please point possible madam
    present
    prime problem problems put question quick quickly quite rather ready real really receipt receive recommend
    remaining remind rice right row run running runs rupees said same save saved saw say says sea seatmap second
    seconds see seems seen send sent she ship ships shop shops should side since sir sister sit site situation six
    so some someone something somewhere son soon sorry staff stage start started starts state step still stroller
    stuff such support sure table take takes taking talk tell ten than thank thanks that thats the their them then
    there these they theyre thing things think third this those though thousand three through time times to together
    told too took top total totally towards travelling trip trips true try trying turn two under understand until up
    upcoming upon us use used user using very via wait walk walker want wanted wants was way we website week weekend
    weeks well went were what whatever whats when where wheres whether which while who whole whom whos whose why
    wife will wish with within without woman women wont word work worked works would write wrong year yes yesterday
    yet you young your youre yours yourself
    """.split()
)

# Whole words of the patterns and phrases: what is meant to be understood may be misspelt.
_WRITTEN = re.compile(r"(?<![\\a-z])([a-z]{4,})(?:(s)\?)?(?![a-z\\(?*])")


def _words_written() -> frozenset[str]:
    here = Path(__file__).parent
    text = "\n".join((here / name).read_text() for name in ("cues.txt", "topics.txt", "phrases.txt"))
    found = _WRITTEN.findall(text)
    return frozenset({word for word, _ in found} | {word + plural for word, plural in found})


VOCABULARY = KEYWORDS | FUNCTION_WORDS | DAY_WORDS | _words_written()

# Names people still use for places that are now called otherwise, and the other way round; and how they shorten them.
_TODAYS_NAME = {
    "bombay": "mumbai", "bangalore": "bengaluru", "madras": "chennai", "calcutta": "kolkata", "poona": "pune",
    "benares": "varanasi", "banaras": "varanasi", "allahabad": "prayagraj", "baroda": "vadodara",
    "trivandrum": "thiruvananthapuram", "cochin": "kochi", "mysore": "mysuru",
    "calicut": "kozhikode", "vizag": "visakhapatnam", "mangalore": "mangaluru", "trichur": "thrissur",
    "quilon": "kollam", "gauhati": "guwahati", "gulbarga": "kalaburagi", "bezawada": "vijayawada",
    "dilli": "delhi", "dehli": "delhi", "bambai": "mumbai", "kalkatta": "kolkata", "blr": "bengaluru",
}  # fmt: skip
# Regions that people name where they mean a city of them, by the cities as the catalogue has them.
CITIES_OF_REGION = {
    "goa": ("Margao",),
    "kerala": ("Kochi", "Thiruvananthapuram", "Kozhikode", "Thrissur", "Kollam"),
    "punjab": ("Amritsar", "Ludhiana", "Jalandhar"),
}
# A title is written with digits, or as one sends messages: "platform 9", "b4 the rain".
_SPELT_OUT = {
    "1": "one", "2": "two", "3": "three", "4": "four", "5": "five", "6": "six", "7": "seven", "8": "eight",
    "9": "nine", "10": "ten", "b4": "before",
}  # fmt: skip


_SHORTEST_CORRECTED = 5
_SHORTEST_SWAPPED = 4
_CORRECTABLE = sorted(KEYWORDS | DAY_WORDS | {word for word in VOCABULARY if len(word) >= _SHORTEST_CORRECTED})

# Slips that make another word, or are too short for the rule below.
_SLIPS = {
    "u": "you", "ur": "your", "r": "are", "pls": "please", "plz": "please", "thx": "thanks", "ty": "thanks",
    "tix": "tickets", "tkt": "ticket", "tkts": "tickets", "bk": "book", "cnt": "cant", "wanna": "want",
    "gonna": "going",     "pw": "password", "pwd": "password", "canel": "cancel", "cancle": "cancel", "refnd": "refund",
    "howmuch": "how much", "howmany": "how many", "whens": "when is", "wheres": "where is", "hows": "how is",
    "im": "i am", "id": "i would", "ill": "i will", "gimme": "give me", "lemme": "let me",
    "bok": "book", "buk": "book", "boook": "book", "tiket": "ticket", "tikets": "tickets",

    "nvm": "never mind", "nxt": "next", "bak": "back", "mutch": "much", "loose": "lose", "dose": "does", "da": "the",
    "sum1": "someone", "some1": "someone", "cos": "because",
    "gud": "good", "gm": "good morning", "gn": "good night", "thnx": "thanks", "tnx": "thanks", "tysm": "thanks",
    "acc": "account", "acct": "account", "b4": "before", "smth": "something", "tym": "time", "wud": "would",
    "cud": "could", "shud": "should", "n": "and", "w": "with", "abt": "about", "coz": "because", "cuz": "because",
    "form": "from", "frm": "from", "fro": "from", "wat": "what", "wats": "whats", "hw": "how", "hwo": "how",
}  # fmt: skip


def _swaps(word: str) -> Iterator[str]:
    """Words of the vocabulary that differ by two letters which changed places: "wnat" means nothing but "want"."""
    for n in range(len(word) - 1):
        if (swapped := word[:n] + word[n + 1] + word[n] + word[n + 2 :]) in VOCABULARY:
            yield swapped


def todays_name(word: str) -> str:
    """As places are called today, and "starlite" spelt like "starlight"."""
    word = _TODAYS_NAME.get(word, word)
    return re.sub(r"(?<=[a-z]{3})ite$", "ight", word)


def spelt_out(word: str) -> str:
    """A number below eleven in letters."""
    return _SPELT_OUT.get(word, word)


def old_name_respelt(word: str) -> str:
    """Today's name of a place whose old one is misspelt: "banglore"; the word itself if it is near none."""
    if word in VOCABULARY or len(word) < _SHORTEST_CORRECTED or (meant := closest(word, tuple(_TODAYS_NAME))) is None:
        return word
    return _TODAYS_NAME[meant] if meant[0] == word[0] else word


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


@functools.lru_cache(maxsize=4096)
def corrected(word: str) -> str:
    """The word of the vocabulary that `word` is or probably means; `word` itself if none is near."""
    word = _SLIPS.get(word, word)
    if word in VOCABULARY:
        return word
    if len(word) == _SHORTEST_SWAPPED and (swapped := next(_swaps(word), None)):
        return swapped
    meant = closest(word, _CORRECTABLE)
    # Fingers slip on the first letter least, and there it makes other words: rain and train, wicket and ticket.
    return meant if meant and meant[0] == word[0] else word
