"""How does one book, pay, get tickets and wait here?"""

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from assistant.replies.pieces import Reply, bookings_link, home_link, joined, log_in_link, shows_link
from payments.methods import MethodKind


def how_to_book() -> Reply:
    told = {"most": settings.MAX_SEATS_PER_ORDER, "minutes": settings.HOLD_TTL_S // 60}
    steps = [
        _("1. Search for a train by places and day, or choose a show and a performance."),
        _("2. Pick up to %(most)s free seats on the map, or have the best chosen, and hold them.") % told
        + " "
        + _("They are yours for %(minutes)s minutes. You need no account: an e-mail address will do.") % told,
        _("3. Pay. Your seats and booking code are shown at once, mailed to you, and stay under My bookings."),
    ]
    return Reply("\n".join([_("To book:"), *steps]), (home_link(), shows_link()))


def how_to_pay(takes: Sequence[MethodKind], *, asks_code: bool = False) -> Reply:
    """`asks_code`: of something to type in that makes it cheaper."""
    words = {
        MethodKind.CARD: _("card"),
        MethodKind.UPI: _("UPI"),
        MethodKind.HOSTED: _("the ways that the payment service offers on its own page"),
    }
    told = {"ways": joined([words[kind] for kind in takes]), "minutes": settings.HOLD_TTL_S // 60}
    text = _(
        "Here you pay by %(ways)s, after choosing seats. While they are held, open the booking and choose Pay; the "
        "remaining time is shown, and is extended while the payment is under way. If it is refused, nothing is taken "
        "and you can try again while the hold lasts. The money is taken once the seats are yours. Card numbers are "
        "never kept."
    )
    none = _("There are no vouchers, gift cards or promotion codes here: the price that is shown is the price.")
    return Reply(f"{none} {text % told}" if asks_code else text % told, (bookings_link(),))


def when_paying_fails() -> Reply:
    return Reply(
        _(
            "If a payment is refused, nothing is taken, and you can try another card while your seats are held. If it "
            "is still under way, please do not pay again: it ends with your ticket or with your money back. What your "
            "bank shows as reserved for a refused payment, it releases by itself."
        ),
        (bookings_link(),),
    )


def how_long_holds_last() -> Reply:
    text = _(
        "Seats are held for %(minutes)s minutes, for you alone; the time left is shown on the booking’s page and does "
        "not start again. Log in, or open the link in your mail, to see what you hold."
    )
    return Reply(text % {"minutes": settings.HOLD_TTL_S // 60}, (log_in_link(reverse("booking:orders")),))


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
