"""With what, when and how does one pay here? The one fact that was asked, or all of it in short."""

from collections.abc import Callable, Mapping, Sequence

from django.conf import settings
from django.utils.translation import gettext as _

from assistant.replies.pieces import Reply, bookings_link, joined
from payments.methods import MethodKind


def how_to_pay(takes: Sequence[MethodKind], *, asks_code: bool = False) -> Reply:
    """`asks_code`: of something to type in that makes it cheaper."""
    told = {"ways": _ways(takes), "minutes": settings.HOLD_TTL_S // 60}
    text = _(
        "Here you pay by %(ways)s, after choosing seats. While they are held, open the booking and choose Pay; the "
        "remaining time is shown, and is extended while the payment is under way. If it is refused, nothing is taken "
        "and you can try again while the hold lasts. The money is taken once the seats are yours. Card numbers are "
        "never kept."
    )
    return Reply(f"{_no_vouchers()} {text % told}" if asks_code else text % told, (bookings_link(),))


def fact_of_paying(topic: str, takes: Sequence[MethodKind]) -> Reply | None:
    """None: the topic is none of paying."""
    fact = _FACTS.get(topic)
    return Reply(fact(takes), (bookings_link(),)) if fact else None


def when_paying_fails() -> Reply:
    return Reply(
        _(
            "If a payment is refused, nothing is taken, and you can try another card while your seats are held. If it "
            "is still under way, please do not pay again: it ends with your ticket or with your money back. What your "
            "bank shows as reserved for a refused payment, it releases by itself."
        ),
        (bookings_link(),),
    )


def _ways(takes: Sequence[MethodKind]) -> str:
    words = {
        MethodKind.CARD: _("card"),
        MethodKind.UPI: _("UPI"),
        MethodKind.HOSTED: _("the ways that the payment service offers on its own page"),
    }
    return joined([words[kind] for kind in takes])


def _no_vouchers() -> str:
    return _("There are no vouchers, gift cards or promotion codes here: the price that is shown is the price.")


def _not_taken(takes: Sequence[MethodKind]) -> str:
    told = {"ways": _ways(takes)}
    if MethodKind.HOSTED in takes:
        return _("I cannot say: here you pay by %(ways)s.") % told
    return _("No, not that way: here you pay by %(ways)s.") % told


def _upi(takes: Sequence[MethodKind]) -> str:
    if MethodKind.UPI not in takes:
        return _not_taken(takes)
    return _(
        "Yes, by UPI, with whichever app you have it in (Google Pay, PhonePe, Paytm, BHIM): type your UPI id, which "
        "looks like name@bank, and approve the request on your phone."
    )


def _other_ways(takes: Sequence[MethodKind]) -> str:
    if MethodKind.HOSTED in takes:
        return _not_taken(takes)
    only_so = _("It is paid here on the site, in one sum, while the seats are held.")
    return f"{_not_taken(takes)} {only_so}"


def _brands(takes: Sequence[MethodKind]) -> str:
    if MethodKind.CARD not in takes:
        return _not_taken(takes)
    return _(
        "Yes, you can pay by card, debit or credit. I have no list of the brands that are accepted; if yours is "
        "refused, nothing is taken and you can try another."
    )


def _from_abroad(takes: Sequence[MethodKind]) -> str:
    return _(
        "The price is taken in the currency in which it is shown. Whether a card from abroad is accepted, the bank "
        "decides; if it is refused, nothing is taken."
    )


def _fees(takes: Sequence[MethodKind]) -> str:
    return _(
        "The price that is shown is the whole price: nothing is added here for booking or paying. Whether your bank "
        "takes something of its own, I do not know."
    )


def _split(takes: Sequence[MethodKind]) -> str:
    return _(
        "No: a booking is paid in one payment. If everybody is to pay their own, book the seats in several bookings."
    )


def _somebody_else(takes: Sequence[MethodKind]) -> str:
    return _("Yes: whoever pays need not travel. Any card or UPI id will do whose owner agrees to the payment.")


def _bank_code(takes: Sequence[MethodKind]) -> str:
    return _(
        "If your bank asks for a code, you enter it on the bank’s own page and come back here; your seats stay held "
        "meanwhile. A UPI payment is approved in your app."
    )


def _when(takes: Sequence[MethodKind]) -> str:
    return _(
        "You pay within %(minutes)s minutes of choosing seats, while they are held for you; not later. The money is "
        "taken once the seats are yours, not before."
    ) % {"minutes": settings.HOLD_TTL_S // 60}


def _card_kept(takes: Sequence[MethodKind]) -> str:
    return _(
        "No, no card is saved: its number and security code are never kept. Only the brand, the last four digits and "
        "the expiry stay with a payment, so that you can tell what you paid with."
    )


def _safe(takes: Sequence[MethodKind]) -> str:
    return _(
        "The number of your card is used for the one payment and never kept, and the money is taken only once the "
        "seats are yours. Every payment and refund is listed on your pages."
    )


_FACTS: Mapping[str, Callable[[Sequence[MethodKind]], str]] = {
    "upi": _upi,
    "wallet": _not_taken,
    "other_ways": _other_ways,
    "brands": _brands,
    "card_from_abroad": _from_abroad,
    "fees": _fees,
    "split": _split,
    "somebody_else_pays": _somebody_else,
    "voucher": lambda takes: _no_vouchers(),
    "bank_code": _bank_code,
    "when": _when,
    "card_kept": _card_kept,
    "safe": _safe,
}
