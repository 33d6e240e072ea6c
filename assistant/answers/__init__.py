"""Which answer belongs to which intent? One module each for what is looked up; what is only said is in replies/."""

from collections.abc import Callable, Mapping

from assistant.intents import Intent
from assistant.replies import guidance
from assistant.replies.pieces import Reply

from .asked import Asked
from .bookings import my_bookings, my_hold, tickets, waiting
from .exchanging import exchange
from .fares import fares
from .giving_back import cancel, refund_status
from .helping import about_topic, accessible
from .on_sale import how_to_book
from .paying import how_to_pay, payment_problem
from .preparing import book
from .seats import free_seats
from .shows import about_show, whats_on
from .timetables import timetable, which_trains
from .trips import running

__all__ = ["ANSWERS", "Asked", "about_topic"]


def _unknown(asked: Asked) -> Reply:
    return (
        guidance.unknown(again=asked.told_before == Intent.UNKNOWN) if asked.slots.pattern else guidance.no_question()
    )


ANSWERS: Mapping[Intent, Callable[[Asked], Reply]] = {
    Intent.SEAT_FREE: free_seats,
    Intent.TRAINS: which_trains,
    Intent.TIMETABLE: timetable,
    Intent.RUNNING: running,
    Intent.FARES: fares,
    Intent.WHATS_ON: whats_on,
    Intent.SHOW: about_show,
    Intent.BOOK: book,
    Intent.HOW_TO_BOOK: how_to_book,
    Intent.HOW_TO_PAY: how_to_pay,
    Intent.PAYMENT_PROBLEM: payment_problem,
    Intent.MY_BOOKINGS: my_bookings,
    Intent.MY_HOLD: my_hold,
    Intent.CANCEL: cancel,
    Intent.REFUND_STATUS: refund_status,
    Intent.EXCHANGE: exchange,
    Intent.TICKETS: tickets,
    Intent.WAITING: waiting,
    Intent.ACCOUNT: lambda asked: guidance.account(asked.customer),
    Intent.ACCESSIBILITY: accessible,
    Intent.LUGGAGE: lambda asked: guidance.luggage(),
    Intent.OTHER_PEOPLE: lambda asked: guidance.not_about_others(),
    Intent.CONTACT: lambda asked: guidance.contact(),
    Intent.HELP: lambda asked: guidance.help_text(),
    Intent.SMALLTALK: lambda asked: guidance.smalltalk(),
    Intent.CONFIRM: lambda asked: guidance.nothing_to_confirm(),
    Intent.DECLINE: lambda asked: guidance.declined(),
    Intent.UNKNOWN: _unknown,
}
