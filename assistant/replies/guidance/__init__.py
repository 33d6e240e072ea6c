"""What is said when no fact was looked up: how things work here, and what the assistant cannot say."""

from .accounts import account
from .buying import how_long_holds_last, how_to_book, how_to_pay, how_to_wait, when_paying_fails, where_tickets_are
from .giving_back import how_to_cancel, how_to_exchange
from .manners import (
    confirm_on_page,
    declined,
    examples,
    help_text,
    not_about_others,
    nothing_to_confirm,
    smalltalk,
    unknown,
)
from .missing import (
    no_station_in,
    no_such_day,
    no_such_place,
    no_such_train,
    not_on_sale,
    shows_as_announced,
    store_unavailable,
    which_run_is_late,
)
from .venues import accessibility, contact, luggage

__all__ = [
    "accessibility",
    "account",
    "confirm_on_page",
    "contact",
    "declined",
    "examples",
    "help_text",
    "how_long_holds_last",
    "how_to_book",
    "how_to_cancel",
    "how_to_exchange",
    "how_to_pay",
    "how_to_wait",
    "luggage",
    "no_station_in",
    "no_such_day",
    "no_such_place",
    "no_such_train",
    "not_about_others",
    "not_on_sale",
    "nothing_to_confirm",
    "shows_as_announced",
    "smalltalk",
    "store_unavailable",
    "unknown",
    "when_paying_fails",
    "where_tickets_are",
    "which_run_is_late",
]
