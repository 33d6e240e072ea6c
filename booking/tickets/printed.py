"""What does a ticket say to people? Its words and times, wherever it is shown: on a page, on paper, in a mail."""

from dataclasses import dataclass
from datetime import datetime

from moneyed import Money


@dataclass(frozen=True, slots=True)
class Call:
    """A place and when one has to be there; the time is in the zone of the place."""

    place: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PrintedTicket:
    """One seat for one person. `end` is where a journey ends; a show has none that we promise.

    `notice` is what one must know just now, such as that a train is late; it is not for paper.
    """

    title: str
    start: Call
    end: Call | None
    seat: str
    zone: str
    passenger: str
    price: Money
    code: str
    booking: str
    qr_text: str
    notice: str = ""
