"""What is said when no fact was looked up: how things work here, and what the assistant cannot say."""

from .accounts import account, fact_of_accounts
from .buying import fact_of_buying, how_long_holds_last, how_to_book, how_to_wait, limit_of_show, where_tickets_are
from .giving_back import fact_of_giving_back, how_to_cancel, how_to_exchange
from .manners import (
    confirm_on_page,
    declined,
    examples,
    fact_of_manners,
    help_text,
    no_question,
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
from .paying import fact_of_paying, how_to_pay, when_paying_fails
from .venues import accessibility, contact, fact_of_shows, fact_of_venues, luggage, said_of_show

__all__ = [
    "accessibility", "account", "confirm_on_page", "contact", "declined", "examples", "fact_of_accounts",
    "fact_of_buying", "fact_of_giving_back", "fact_of_manners", "fact_of_paying", "fact_of_shows", "fact_of_venues",
    "help_text", "how_long_holds_last", "how_to_book", "how_to_cancel", "how_to_exchange", "how_to_pay", "how_to_wait",
    "limit_of_show", "luggage", "no_question", "no_station_in", "no_such_day", "no_such_place", "no_such_train",
    "not_about_others", "not_on_sale", "nothing_to_confirm", "said_of_show", "shows_as_announced", "smalltalk",
    "store_unavailable", "unknown", "when_paying_fails", "where_tickets_are", "which_run_is_late",
]  # fmt: skip
