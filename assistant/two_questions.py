"""Does a message ask two things? Then both are answered, the second as if it had been asked after the first."""

import re

from .intents import BOOKINGS, OFFERINGS, Intent

# What begins a question of its own: "do you take UPI and can I get my money back".
_ASKS = r"(?:how|what|whats|when|where|wheres|which|who|why|can|could|do|does|did|is|are|will|would|may|must|should)"
_BETWEEN = re.compile(rf"(?:\?\s+|,?\s+(?:and|also|and also|plus)\s+)(?={_ASKS}\b)", re.IGNORECASE)
_FEWEST_WORDS = 3
# Manners, a yes and a no stand beside any question; what others have decides about the whole message.
_NO_QUESTION_OF_ITS_OWN = frozenset(
    {Intent.UNKNOWN, Intent.SMALLTALK, Intent.HELP, Intent.CONFIRM, Intent.DECLINE, Intent.OTHER_PEOPLE}
)
# Of one kind, but neither answer tells the other.
_APART = (
    {Intent.TICKETS, Intent.EXCHANGE},
    {Intent.TICKETS, Intent.CANCEL},
    {Intent.MY_HOLD, Intent.TICKETS},
    {Intent.FARES, Intent.SEAT_FREE},
)
_OF_MONEY = frozenset({Intent.REFUND_STATUS, Intent.PAYMENT_PROBLEM})


def halves(message: str) -> tuple[str, str] | None:
    """The two parts of a message that may be two questions; None where it is one."""
    parts = _BETWEEN.split(message, maxsplit=1)
    if len(parts) != 2 or any(len(part.split()) < _FEWEST_WORDS for part in parts):
        return None
    return parts[0], parts[1]


def are_two(first: Intent, second: Intent) -> bool:
    """Whether halves that mean this are two questions: two of one kind, about one thing, are answered as one."""
    if {first, second} & _NO_QUESTION_OF_ITS_OWN or first == second:
        return False
    return _kind(first) != _kind(second) or _kind(first) == "help" or {first, second} in _APART


def _kind(intent: Intent) -> str:
    if intent in OFFERINGS:
        return "offering"
    return "own" if intent in BOOKINGS | _OF_MONEY else "help"
