"""By which words is an intent known? The patterns of cues.txt, and sets of words beside them."""

import functools
import re
from collections.abc import Mapping
from pathlib import Path

_CUES = Path(__file__).parent / "cues.txt"


def filled_in(path: Path) -> Mapping[str, list[str]]:
    """The lines of a file by section, with what its {macros} stand for."""
    macros: dict[str, str] = {}
    sections: dict[str, list[str]] = {}
    for line in path.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            sections[(name := line.strip("[]"))] = []
        elif line.startswith("{") and " = " in line:
            macro, _, pattern = line.partition(" = ")
            macros[macro] = pattern
        else:
            for macro, pattern in macros.items():
                line = line.replace(macro, pattern)
            sections[name].append(line)
    return sections


@functools.cache
def _sections() -> Mapping[str, list[str]]:
    return filled_in(_CUES)


@functools.cache
def _cue(section: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(_sections()[section])})\b")


def every() -> Mapping[str, re.Pattern[str]]:
    """All cues by the name of their section."""
    return {section: _cue(section) for section in _sections()}


# --- Other people ----------------------------------------------------------------------------------

OF_OTHERS = _cue("of_others")
OF_MY_OWN = _cue("of_my_own")
OF_RELATIONS = _cue("of_relations")
# --- One's own -------------------------------------------------------------------------------------

MINE = _cue("mine")
HOLD = _cue("hold")
TICKETS = _cue("tickets")
REFUND_STATUS = _cue("refund_status")
PAYMENT_PROBLEM = _cue("payment_problem")
CANCEL = _cue("cancel")
OWN_PURCHASE = _cue("own_purchase")
OF_A_RUN_CANCELLED = _cue("of_a_run_cancelled")
MY_PURCHASE = _cue("my_purchase")
EXCHANGE = _cue("exchange")
# --- Account ---------------------------------------------------------------------------------------

ACCOUNT = _cue("account")
CHANGE_OF_PERSON = _cue("change_of_person")
# --- What we keep nothing of, or little ------------------------------------------------------------

ACCESSIBILITY = _cue("accessibility")
LUGGAGE = _cue("luggage")
CONTACT = _cue("contact")
NOT_OURS = _cue("not_ours")
RUNNING = _cue("running")
TRAIN_TROUBLE = _cue("train_trouble")
# --- Buying ----------------------------------------------------------------------------------------

WAITING = _cue("waiting")
PAY = _cue("pay")
PRICE = _cue("price")
BOOK = _cue("book")
WANT_BOOK = _cue("want_book")
CHOOSE_SEAT = _cue("choose_seat")
HOW = _cue("how")
HOW_MUCH = _cue("how_much")
FREE = _cue("free")
SEATS = _cue("seats")
SOLD_OUT = _cue("sold_out")
TRAIN_AVAILABLE = _cue("train_available")
# --- Trains and shows ------------------------------------------------------------------------------

STOPS = _cue("stops")
TRAIN_TALK = _cue("train_talk")
TRAINS = _cue("trains")
WHATS_ON = _cue("whats_on")
ABOUT_SHOW = _cue("about_show")
SHOW_TALK = _cue("show_talk")
# --- Manners ---------------------------------------------------------------------------------------

SMALLTALK = _cue("smalltalk")
HELP = _cue("help")
GREETING = _cue("greeting")
CONFIRM = _cue("confirm")
DECLINE = _cue("decline")
POINTING = _cue("pointing")
OTHER_WAY = _cue("other_way")

# --- Sets of words ------------------------------------------------------------------------------------

# In a message that names nobody whom we know: "did Ravi book", "the orders of Ravi".
PERSONAL = frozenset(
    """
    booking bookings order orders ticket tickets seat seats reservation reservations payment payments refund refunds
    hold holds account password email card trip journey phone address details
    """.split()
)
DOING = frozenset(
    """
    book booked buy bought pay paid reserve reserved travel travelling sit sitting going cancelled purchase purchased
    """.split()
)
ASKING = frozenset("did has does is was will have if whether what when where".split())
# Whatever else stands before "'s tickets".
NOT_A_PERSON = frozenset(
    """
    today tonight tomorrow yesterday monday tuesday wednesday thursday friday saturday sunday let that it what who there
    here where how when train trains show shows week weekend month year child children kid kids adult adults senior
    seniors student students one evening morning night people
    """.split()
)
PRICE_WORDS = frozenset("price prices fare fares cost costs much".split())
# Words around a bare name, day or number, in an answer to a question or after "what about".
FILLER = frozenset(
    """
    and what about for on the then in to from at how or please instead ok okay is with one ones it that same i mean
    meant would like want make no not rather a an of by be us there are we train trains class seats seat tickets
    ticket sorry actually maybe perhaps only just let say well so but if number day people persons adults adult children
    child my booking order take lets think around departing leaving this do any yes which
    """.split()
)
