"""How is it put into words what is paid back? Amounts are those that the shop's services gave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _
from moneyed import Money

from assistant.options import booking_key
from booking.itinerary import journeys_of, title_of
from booking.models import Order, OrderSeat
from booking.selectors import parts_of, seats_of_part
from booking.selling.refund_terms import FREE, RefundTerms, terms_from_json
from payments.models import Refund

from .own_details import line_of_refund
from .pieces import MAX_LISTED, Action, Reply, Suggestion, booking_link, bookings_link, clock, joined, listed, money

_HOUR = 60
_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What would come of giving back these seats of an order, by label, all if none is named; no money if unpaid.

    `any_of`: so many of the seats in `of_each`, which says what each of them would bring.
    """

    order: Order
    labels: tuple[str, ...]
    back: Money | None
    fee: Money | None
    any_of: int = 0
    of_each: tuple[tuple[OrderSeat, Money], ...] = ()


@dataclass(frozen=True, slots=True)
class GivenBackLater:
    """What would come back at these times; None once it has begun."""

    order: Order
    labels: tuple[str, ...]
    at: Sequence[tuple[datetime, Money | None]]


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
    if given.any_of:
        return _offer_some(given)
    told = {"what": what, "back": money(given.back), "fee": money(given.fee)}
    text = _("If you cancel %(what)s now, %(back)s is paid back to what you paid with, and %(fee)s is kept.") % told
    steps = terms_lines(_terms_of(order, given.labels))
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


def _offer_some(given: GivenBack) -> Reply:
    """Of so many seats, whichever they are; which, is chosen on the page or said next."""
    order = given.order
    prices = {price for _seat, price in given.of_each}
    told = {
        "count": given.any_of,
        "all": len(given.of_each),
        "what": _what(given),
        "back": money(given.back) if given.back is not None else "",
        "fee": money(given.fee) if given.fee is not None else "",
    }
    if len(prices) == 1:
        text = (
            _("For %(count)s of the %(all)s seats of %(what)s, %(back)s is paid back now, and %(fee)s is kept.") % told
        )
    else:
        text = _("For %(count)s of the %(all)s seats of %(what)s it depends on which:") % told
        text += "\n" + listed(
            _("%(seat)s: %(back)s back") % {"seat": seat.name, "back": money(price)} for seat, price in given.of_each
        )
    then = _("Nothing is cancelled yet. Which of them, you choose on the page, or tell me: the others stay yours.")
    buttons = tuple(
        Suggestion(seat.name, say=f"cancel seat {seat.name}") for seat, _price in given.of_each[:MAX_LISTED]
    )
    page = Suggestion(
        _("Cancel booking %(code)s") % {"code": order.reference}, reverse("payments:cancel", args=[order.reference])
    )
    return Reply(f"{text}\n{then}", (*buttons, page, booking_link(order)), asked="seats", about=booking_key(order))


def later(given: Sequence[GivenBackLater]) -> Reply:
    """What would come back if it were given back then, and not now."""
    lines = []
    for one in given[:MAX_LISTED]:
        what = _what(GivenBack(one.order, one.labels, None, None))
        backs = {back for _moment, back in one.at}
        for moment, back in one.at[:1] if len(backs) == 1 else one.at:
            told = {"what": what, "when": clock(moment), "back": money(back) if back is not None else ""}
            if back is None:
                lines.append(_("%(when)s: %(what)s has begun by then, and nothing can be given back.") % told)
            elif len(backs) == 1 and len(one.at) > 1:
                lines.append(_("%(what)s: %(back)s would be paid back on that day too.") % told)
            else:
                lines.append(_("%(when)s: %(back)s would be paid back for %(what)s.") % told)
        lines += terms_lines(_terms_of(one.order, one.labels))
    only = given[0].order if len(given) == 1 else None
    then = _("Nothing is cancelled, and nothing need be decided now.")
    return Reply(
        f"{listed(lines)}\n{then}",
        tuple(booking_link(one.order) for one in given[:MAX_LISTED]),
        about=booking_key(only) if only else "",
    )


def given_back_before(order: Order, names: Sequence[str], found: Sequence[Refund]) -> Reply:
    """Of seats that were given back already."""
    told = {"code": order.reference, "seats": joined(names)}
    text = _("Of booking %(code)s these seats are cancelled already: %(seats)s.") % told
    lines = [line_of_refund(refund) for refund in found if refund.amount]
    return Reply("\n".join([text, *lines]), (booking_link(order), bookings_link()), about=booking_key(order))


def offers(given: Sequence[GivenBack], *, every: bool = False) -> Reply:
    """`every`: all of them are meant, and not one."""
    lines = []
    for one in given:
        if one.back is None or one.fee is None:
            lines.append(_("%(what)s: not paid yet, costs nothing to give back") % {"what": _what(one)})
        else:
            told = {"what": _what(one), "back": money(one.back), "fee": money(one.fee)}
            lines.append(_("%(what)s: %(back)s back, %(fee)s kept") % told)
    buttons = tuple(Suggestion(one.order.reference, say=f"cancel booking {one.order.reference}") for one in given)
    head = _("Which booking do you want to cancel? If you cancelled it now:")
    if every:
        head = _("Each booking is cancelled on its own page; I cancel nothing myself. If you cancelled them now:")
        by_currency = groupby(
            sorted((one.back for one in given if one.back is not None), key=lambda back: back.currency.code),
            key=lambda back: back.currency,
        )
        sums = [money(sum(backs, Money(0, currency))) for currency, backs in by_currency]
        lines.append(_("Together: %(price)s.") % {"price": joined(sums)})
    return Reply(
        f"{head}\n{listed(lines)}",
        (*buttons, bookings_link()),
        asked="booking",
        offered=tuple(booking_key(one.order) for one in given),
    )


def _what(given: GivenBack) -> str:
    labels = given.labels or tuple(seat.label for seat, _price in given.of_each)
    kept = [
        (journey, [seat for seat in journey.kept if not labels or seat.label in labels])
        for journey in journeys_of(given.order)
    ]
    journeys = [journey for journey, seats in kept if seats] or [journey for journey, _seats in kept]
    # By name, as it stands on the ticket: a label such as 2:C1-1 is for programs.
    names = [seat.name for _journey, seats in kept for seat in seats]
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


def _terms_of(order: Order, labels: Sequence[str]) -> RefundTerms:
    """Of the first part that has one of these seats, of all if none is named."""
    meant = [part for part in parts_of(order) if {seat.label for seat in seats_of_part(order, part)} & set(labels)]
    first = (meant or parts_of(order))[0]
    return FREE if first.terms is None else terms_from_json(first.terms)


def status(found: Sequence[Refund]) -> Reply:
    lines = [f"{refund.payment.order.reference}: {line_of_refund(refund)}" for refund in found]
    states = {refund.status for refund in found}
    notes = []
    if states & {Refund.Status.DONE, Refund.Status.IN_TRANSIT, Refund.Status.CREATED}:
        notes.append(_("Your bank may take some days to show what was paid back; how many, is not known here."))
    if Refund.Status.FAILED in states:
        notes.append(
            _("What did not go through is not lost: staff see it and look after it. When it comes, is not known here.")
        )
    links = tuple(booking_link(order) for order in dict.fromkeys(refund.payment.order for refund in found))
    history = Suggestion(_("Payments and refunds"), reverse("payments:history"))
    only = found[0].payment.order if len(links) == 1 else None
    return Reply(
        _("Your refunds:") + f"\n{listed(lines)}\n" + " ".join(notes),
        (*links, history),
        about=booking_key(only) if only else "",
    )


def none(paid: Sequence[tuple[Order, str]]) -> Reply:
    """`paid`: bookings that can be given back, and with what each was paid."""
    text = _("I know of no refund of yours for that: nothing of it was cancelled or exchanged for less.")
    lines = [
        _("If you cancel %(code)s, the money goes back to what you paid with: %(means)s.")
        % {"code": order.reference, "means": means}
        for order, means in paid[:MAX_LISTED]
    ]
    days = [_("How many days your bank takes to show it, is not known here.")] if lines else []
    return Reply(
        "\n".join([text, *lines, *days]),
        (Suggestion(_("Payments and refunds"), reverse("payments:history")), bookings_link()),
    )
