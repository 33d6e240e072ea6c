"""How does one book, hold, get tickets and wait here? The one fact that was asked, or all of it in short."""

from collections.abc import Callable, Mapping

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from assistant.replies.pieces import Reply, bookings_link, home_link, log_in_link, shows_link


def how_to_book() -> Reply:
    told = {"most": settings.MAX_SEATS_PER_ORDER, "minutes": _minutes()}
    steps = [
        _("1. Search for a train by places and day, or choose a show and a performance."),
        _("2. Pick up to %(most)s free seats on the map, or have the best chosen, and hold them.") % told
        + " "
        + _("They are yours for %(minutes)s minutes. You need no account: an e-mail address will do.") % told,
        _("3. Pay. Your seats and booking code are shown at once, mailed to you, and stay under My bookings."),
    ]
    return Reply("\n".join([_("To book:"), *steps]), (home_link(), shows_link()))


def how_long_holds_last() -> Reply:
    text = _(
        "Seats are held for %(minutes)s minutes, for you alone; the time left is shown on the booking’s page and does "
        "not start again. Log in, or open the link in your mail, to see what you hold."
    )
    return Reply(text % {"minutes": _minutes()}, (log_in_link(reverse("booking:orders")),))


def where_tickets_are() -> Reply:
    text = _(
        "Your tickets come by mail once the booking is paid, and stay under My bookings: as PDF, for your calendar, "
        "and with a code for the entrance. If you bought without an account, open the link in that mail."
    )
    return Reply(text, (log_in_link(reverse("booking:orders")),))


def how_to_wait(*, knows_of_none: bool = False) -> Reply:
    """`knows_of_none`: who asks is known, and waits nowhere."""
    text = _(
        "Where a run or performance is sold out, its seat map offers a waiting list: what comes free is held for a "
        "while for those who came first, and they get a mail. Where very many come at once there is a waiting room, "
        "which lets people in by turns, by itself."
    )
    none = _("You are on no waiting list.")
    return Reply(f"{none} {text}" if knows_of_none else text, (home_link(), shows_link()))


def fact_of_buying(topic: str) -> Reply | None:
    """None: the topic is none of booking, holds and tickets."""
    if fact := _OF_BOOKING.get(topic):
        return Reply(fact(), (home_link(), shows_link()))
    if (fact := _OF_HOLDS.get(topic)) or (fact := _OF_TICKETS.get(topic)):
        return Reply(fact(), (bookings_link(),))
    return None


def limit_of_show(title: str, most: int) -> str:
    return _("Of %(title)s one customer can have at most %(most)s.") % {"title": title, "most": most}


def _minutes() -> int:
    return settings.HOLD_TTL_S // 60


def _limit() -> str:
    text = _("Up to %(most)s seats in one booking; for more, make another.")
    return text % {"most": settings.MAX_SEATS_PER_ORDER}


def _group() -> str:
    return f"{_limit()} " + _("I know of no special price for groups.")


def _choosing() -> str:
    return _("Yes: you pick your own seats on the map of the train or hall, or have the best free ones chosen for you.")


def _for_somebody() -> str:
    return _(
        "Yes: book for whomever you like, and write the names beside the seats before you pay. Mails and tickets come "
        "to your own address."
    )


def _elsewhere() -> str:
    return _("No: seats are sold here on the site. I know of no telephone, counter or agent that sells them.")


def _app() -> str:
    return _("I know of no app to install: this site works in the browser of a phone, too.")


def _too_slow() -> str:
    return _(
        "Seats are held for %(minutes)s minutes. If they are not paid for by then, nothing is taken and they are free "
        "for everybody again; you can choose anew, also the same ones if nobody was faster."
    ) % {"minutes": _minutes()}


def _more_time() -> str:
    return _(
        "No, the %(minutes)s minutes cannot be made longer; only while a payment is under way do the seats stay held "
        "until it is done. If they run out, nothing is taken and you can choose anew."
    ) % {"minutes": _minutes()}


def _names() -> str:
    return _(
        "Names can be written beside the seats until the booking is paid, on its page. Then the tickets are made, and "
        "their names stay as they are."
    )


def _transfer() -> str:
    return _(
        "At the entrance the code on the ticket counts: each lets one in, once. The name on it stays as it is once "
        "it is paid. Whether names are looked at, the railway or the venue can tell you."
    )


def _printing() -> str:
    return _("You need not print anything: show the code of the ticket on your phone. There is a PDF, too.")


def _invoice() -> str:
    return _("There is no invoice of its own: the page of a booking has its prices and payments, to print or keep.")


def _again() -> str:
    return _("If the mail with your tickets did not come, look among unwanted mail; they are on the site all the same.")


def _calendar() -> str:
    return _("Yes: the page of your tickets has a file for the calendar of your phone or computer.")


def _seats_gone() -> str:
    return _(
        "Then somebody else holds or has bought them since you looked: choose others on the map. Seats that are held "
        "but not paid for come free again after %(minutes)s minutes; where everything is sold out, the seat map offers "
        "a waiting list."
    ) % {"minutes": _minutes()}


def _page_trouble() -> str:
    return _(
        "Please load the page again. Beside every seat map there is a list of the same seats, and “best available” "
        "chooses without the map. Whether something on the site is out of order just now, I cannot see."
    )


def _no_code_of_here() -> str:
    return _(
        "That is no booking code of this site: those have eight letters and digits. What was booked elsewhere I cannot "
        "look up; please ask where you bought it. With the code or date of a booking made here I can help once you are "
        "logged in."
    )


_OF_BOOKING: Mapping[str, Callable[[], str]] = {
    "limit": _limit,
    "group": _group,
    "choosing": _choosing,
    "for_somebody": _for_somebody,
    "elsewhere": _elsewhere,
    "app": _app,
    "seats_gone": _seats_gone,
    "page_trouble": _page_trouble,
}
_OF_HOLDS: Mapping[str, Callable[[], str]] = {"too_slow": _too_slow, "more_time": _more_time}
_OF_TICKETS: Mapping[str, Callable[[], str]] = {
    "names": _names,
    "again": _again,
    "calendar": _calendar,
    "pnr": _no_code_of_here,
    "transfer": _transfer,
    "printing": _printing,
    "on_phone": _printing,
    "invoice": _invoice,
}
