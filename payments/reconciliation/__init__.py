"""Do the store, the orders, the gateways and the books say the same? Compared all the time, a portion a round.

What can be put right without harm is put right at once: a reservation that nobody waits for is let go, a seat that
belongs to no living order is given back. The rest is a `Finding`, with what to do about it, for a person. Whatever is
young enough to be still under way is left alone.
"""

from .books import compare_books
from .charges import compare_charges
from .findings import report, settle_finding
from .seats import HoldNotGivenBack, compare_seats, give_back_unknown
from .whole_history import compare_history

__all__ = [
    "HoldNotGivenBack",
    "compare_books",
    "compare_charges",
    "compare_history",
    "compare_seats",
    "give_back_unknown",
    "report",
    "settle_finding",
]
