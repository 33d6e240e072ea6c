"""How is it put into words what is paid back? Amounts are those that the shop's services gave."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from moneyed import Money

from assistant.options import booking_key
from booking.itinerary import journeys_of, title_of
from booking.models import Order
from booking.selectors import parts_of
from booking.selling.refund_terms import FREE, RefundTerms, terms_from_json
from payments.models import Refund

from .pieces import Action, Reply, Suggestion, booking_link, bookings_link, clock, joined, listed, money

_HOUR = 60
_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What would come of giving back these seats of an order, by label, all if none is named; no money if unpaid."""

    order: Order
    labels: tuple[str, ...]
    back: Money | None
    fee: Money | None


def offer(given: GivenBack) -> Reply:
    order = given.order
    what = _what(given)
    if given.back is None or given.fee is None:
        text = _("%(what)s is not paid yet: you can give the seats back, and it costs nothing.") % {"what": what}
        hold = reverse("api:hold", args=[parts_of(order)[0].hold_id])
        return Reply(
            f"{text} " + _("Nothing has happened yet; do it on the booking’s page."),
            (booking_link(order),),
            actions=(Action("DELETE", hold, {}),),
            asked="confirm",
            about=booking_key(order),
        )
    told = {"what": what, "back": money(given.back), "fee": money(given.fee)}
    text = _("If you cancel %(what)s now, %(back)s is paid back to what you paid with, and %(fee)s is kept.") % told
    steps = terms_lines(_terms_of(order))
    then = _("Nothing is cancelled yet. On the page you choose the seats, see the amount again and say yes.")
    body = {"seats": list(given.labels)} if given.labels else {}
    return Reply(
        f"{text}\n{listed(steps)}\n{then}",
        (
            Suggestion(
                _("Cancel booking %(code)s") % {"code": order.reference},
                reverse("payments:cancel", args=[order.reference]),
            ),
            booking_link(order),
        ),
        actions=(
            Action("POST", reverse("api:refund-offers", args=[order.pk]), body),
            Action("POST", reverse("api:cancel", args=[order.pk]), body),
        ),
        asked="confirm",
        about=booking_key(order),
    )


def offers(given: Sequence[GivenBack]) -> Reply:
    lines = []
    for one in given:
        if one.back is None or one.fee is None:
            lines.append(_("%(what)s: not paid yet, costs nothing to give back") % {"what": _what(one)})
        else:
            told = {"what": _what(one), "back": money(one.back), "fee": money(one.fee)}
            lines.append(_("%(what)s: %(back)s back, %(fee)s kept") % told)
    buttons = tuple(Suggestion(one.order.reference, say=f"cancel booking {one.order.reference}") for one in given)
    head = _("Which booking do you want to cancel? If you cancelled it now:")
    return Reply(
        f"{head}\n{listed(lines)}",
        (*buttons, bookings_link()),
        asked="booking",
        offered=tuple(booking_key(one.order) for one in given),
    )


def _what(given: GivenBack) -> str:
    journeys = journeys_of(given.order)
    # By name, as it stands on the ticket: a label such as 2:C1-1 is for programs.
    names = [
        seat.name for journey in journeys for seat in journey.kept if not given.labels or seat.label in given.labels
    ]
    told = {
        "code": given.order.reference,
        "title": title_of(journeys),
        "when": clock(journeys[0].itinerary.starts_at),
        "seats": joined(names),
    }
    return _("booking %(code)s (%(title)s, %(when)s, %(seats)s)") % told


def refused(refusals: Sequence[tuple[Order, str]]) -> Reply:
    """`refusals` come with the shop's own sentences."""
    return Reply(
        listed(f"{order.reference}: {sentence}" for order, sentence in refusals),
        tuple(booking_link(order) for order, _sentence in refusals),
    )


def terms(title: str, sold_under: RefundTerms) -> Reply:
    head = _("Seats of %(title)s are sold under these terms:") % {"title": title}
    return Reply(f"{head}\n{listed(terms_lines(sold_under))}", (bookings_link(),))


def terms_lines(sold_under: RefundTerms) -> list[str]:
    """Each step in a line, from the earliest to the latest."""
    lines = []
    for step in sold_under.steps:
        until = _before(step.minutes_before)
        kept = []
        if step.fee_percent:
            kept.append(_("%(percent)s %%") % {"percent": _plain(step.fee_percent)})
        if step.fee_amount:
            kept.append(_("%(amount)s for each seat") % {"amount": _plain(step.fee_amount)})
        told = {"until": until, "kept": " + ".join(kept)}
        lines.append((_("%(until)s: %(kept)s kept") if kept else _("%(until)s: everything is paid back")) % told)
    if not sold_under.steps:
        return [_("Nothing is paid back.")]
    if sold_under.steps[-1].minutes_before:
        lines.append(_("After that: nothing is paid back"))
    return lines


def _before(minutes: int) -> str:
    if not minutes:
        return _("Until it begins")
    if minutes % _DAY == 0:
        return _("Until %(days)s days before it begins") % {"days": minutes // _DAY}
    if minutes % _HOUR == 0:
        return _("Until %(hours)s hours before it begins") % {"hours": minutes // _HOUR}
    return _("Until %(minutes)s minutes before it begins") % {"minutes": minutes}


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _terms_of(order: Order) -> RefundTerms:
    """Of its first part; parts of one order are mostly sold under the same."""
    first = parts_of(order)[0]
    return FREE if first.terms is None else terms_from_json(first.terms)


def status(found: Sequence[Refund]) -> Reply:
    lines = [
        _("%(amount)s for booking %(code)s, to %(card)s: %(state)s")
        % {
            "amount": money(refund.price),
            "code": refund.payment.order.reference,
            "card": refund.payment.paid_with,
            "state": refund.get_status_display(),
        }
        for refund in found
    ]
    note = _("Once it is paid back, your bank may take some days to show it.")
    links = tuple(booking_link(order) for order in dict.fromkeys(refund.payment.order for refund in found))
    history = Suggestion(_("Payments and refunds"), reverse("payments:history"))
    return Reply(_("Your refunds:") + f"\n{listed(lines)}\n{note}", (*links, history))


def none() -> Reply:
    text = _("I know of no refund of yours: nothing that you paid was cancelled or exchanged for less.")
    return Reply(text, (Suggestion(_("Payments and refunds"), reverse("payments:history")), bookings_link()))
