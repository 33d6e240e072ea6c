"""How does one give seats back or exchange them, and what if it is the train that does not come?"""

from collections.abc import Callable, Mapping

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


def fact_of_giving_back(topic: str) -> Reply | None:
    """None: the topic is none of these."""
    fact = _FACTS.get(topic)
    return Reply(fact(), (bookings_link(),)) if fact else None


def _by_carrier() -> str:
    return _(
        "If a train is cancelled by its railway, all that you paid for it comes back by itself, without any deduction, "
        "to what you paid with, and you get a mail. I know of no such rule for shows: please ask the venue; your own "
        "booking can be cancelled until it begins, under the terms it was sold under."
    )


def _delay() -> str:
    return _(
        "I know of no compensation for delays here: please ask the railway. Your own booking can be cancelled until it "
        "begins, under the terms it was sold under; after that nothing comes back here."
    )


def _insurance() -> str:
    return _(
        "There is no insurance here, and the reason for cancelling makes no difference: what comes back follows the "
        "terms that your booking was sold under."
    )


def _other_card() -> str:
    return _(
        "No: what is paid back goes to what you paid with, never to another card or account. If that card is lost or "
        "no longer valid, please ask the bank that gave it."
    )


def _how_long() -> str:
    return _(
        "For a payment that was refused, your bank releases the money by itself; a refund is sent off here as soon as "
        "seats are given back. How many days the bank then takes I do not know. Once you are logged in, I can tell you "
        "what became of your own payments and refunds."
    )


def _later() -> str:
    return _("Yes, once they are paid for.") + f" {how_to_exchange(is_logged_in=True).text}"


_FACTS: Mapping[str, Callable[[], str]] = {
    "by_carrier": _by_carrier,
    "delay": _delay,
    "insurance": _insurance,
    "other_card": _other_card,
    "how_long": _how_long,
    "later": _later,
}
