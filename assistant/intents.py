"""What can somebody want of the assistant? Each intent has its cues (cues.py), its phrases and its answer."""

from enum import StrEnum


class Intent(StrEnum):
    SEAT_FREE = "seat_free"
    TRAINS = "trains"
    TIMETABLE = "timetable"
    RUNNING = "running"
    FARES = "fares"
    WHATS_ON = "whats_on"
    SHOW = "show"
    BOOK = "book"
    HOW_TO_BOOK = "how_to_book"
    HOW_TO_PAY = "how_to_pay"
    PAYMENT_PROBLEM = "payment_problem"
    MY_BOOKINGS = "my_bookings"
    MY_HOLD = "my_hold"
    CANCEL = "cancel"
    REFUND_STATUS = "refund_status"
    EXCHANGE = "exchange"
    TICKETS = "tickets"
    WAITING = "waiting"
    ACCOUNT = "account"
    ACCESSIBILITY = "accessibility"
    LUGGAGE = "luggage"
    OTHER_PEOPLE = "other_people"
    CONTACT = "contact"
    HELP = "help"
    SMALLTALK = "smalltalk"
    CONFIRM = "confirm"
    DECLINE = "decline"
    UNKNOWN = "unknown"


# About trains, shows and their seats: what was said of them before goes on being meant.
OFFERINGS = frozenset(
    {
        Intent.SEAT_FREE,
        Intent.TRAINS,
        Intent.TIMETABLE,
        Intent.RUNNING,
        Intent.FARES,
        Intent.WHATS_ON,
        Intent.SHOW,
        Intent.BOOK,
        Intent.ACCESSIBILITY,
        Intent.WAITING,
    }
)
# About what the caller has: which booking is meant goes on being meant.
BOOKINGS = frozenset({Intent.MY_BOOKINGS, Intent.MY_HOLD, Intent.CANCEL, Intent.EXCHANGE, Intent.TICKETS})
