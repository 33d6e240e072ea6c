"""How does one give seats back or exchange them, and what if the train is the one that does not come?"""

from django.urls import reverse
from django.utils.translation import gettext as _

from assistant.replies.pieces import Reply, bookings_link, log_in_link


def how_to_cancel(*, is_logged_in: bool = False) -> Reply:
    text = _(
        "Open the booking under My bookings and choose Cancel: the whole booking, or only some of its seats. What is "
        "refunded for them is shown before you decide, and goes to what you paid with. Seats that you only hold can be "
        "given back there too. I cannot cancel anything myself."
    )
    return _of_own(text, is_logged_in=is_logged_in)


def how_to_exchange(*, is_logged_in: bool = False) -> Reply:
    text = _(
        "Paid seats can be exchanged for others of the same train or show, on the same or another day, until it "
        "begins. Open the booking under My bookings and choose Exchange: the difference is shown before you decide. "
        "You have the old seats or the new ones at any moment."
    )
    return _of_own(text, is_logged_in=is_logged_in)


def _of_own(text: str, *, is_logged_in: bool) -> Reply:
    if is_logged_in:
        return Reply(text, (bookings_link(),))
    amount = _("Once you are logged in, I can tell you the amount.")
    return Reply(f"{text} {amount}", (bookings_link(), log_in_link(reverse("booking:orders"))))
