"""How is it put into words what an exchange would cost? Nothing is exchanged by saying so."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from assistant.options import booking_key
from booking.itinerary import itinerary, journeys_of, title_of
from booking.models import Inventory, Order, OrderPart
from payments.exchange_terms import ExchangePrice, ExchangeWanted

from .mine import line
from .pieces import MAX_LISTED, Action, Reply, Suggestion, booking_link, bookings_link, clock, joined, listed, money


def offer(order: Order, wanted: ExchangeWanted, price: ExchangePrice) -> Reply:
    old, new = _run(wanted.part.inventory, wanted.part), _run(wanted.inventory, wanted.part)
    told = {
        "old": f"{old}: {joined([seat.name for seat in price.old_seats])} ({money(price.old)})",
        "new": f"{new}: {joined([seat.name for seat in price.new_seats])} ({money(price.new)})",
        "amount": money(abs(price.difference)),
    }
    text = _("You would give %(old)s\nfor %(new)s.") % told
    if price.difference.amount > 0:
        text += " " + _("You would pay %(amount)s more.") % told
    elif price.difference.amount < 0:
        text += " " + _("%(amount)s would be paid back.") % told
    else:
        text += " " + _("It costs nothing more.")
    then = _("Nothing is exchanged yet: you have the old seats until you say yes on the page.")
    body = {
        "part": wanted.part.position,
        "inventory": wanted.inventory.pk,
        "seats": list(wanted.seats),
        "legs": {"first": wanted.first_leg + 1, "last": wanted.end_leg},
    }
    page = reverse("payments:exchange_seats", args=[order.reference, wanted.part.position, wanted.inventory.pk])
    url = f"{page}?{urlencode({'seats': ','.join(wanted.seats)}, safe=',')}"
    return Reply(
        f"{text}\n{then}",
        (Suggestion(_("Exchange for %(seats)s") % {"seats": joined(wanted.seats)}, url), booking_link(order)),
        actions=(
            Action("POST", reverse("api:exchange-offers", args=[order.pk]), body),
            Action("POST", reverse("api:exchanges", args=[order.pk]), body),
        ),
        asked="confirm",
        about=booking_key(order),
    )


def to_what(order: Order, part: OrderPart, runs: Sequence[Inventory]) -> Reply:
    shown = runs[:MAX_LISTED]
    told = {"code": order.reference, "title": title_of(journeys_of(order))}
    text = _("To which day, or for which other seats, would you exchange booking %(code)s (%(title)s)?") % told
    lines = listed(_run(run, part) for run in shown)
    buttons = tuple(
        Suggestion(_when(run, part), say=f"on {itinerary_start(run, part):%Y-%m-%d at %H:%M}") for run in shown
    )
    return Reply(
        f"{text}\n{lines}" if shown else text,
        (*buttons, _page(order, part)),
        asked="day",
        about=booking_key(order),
    )


def none_then(order: Order, part: OrderPart, runs: Sequence[Inventory]) -> Reply:
    return _asked_again(_("It does not run or play then, or is not on sale."), to_what(order, part, runs))


def already_then(order: Order, part: OrderPart, runs: Sequence[Inventory]) -> Reply:
    return _asked_again(_("That is when your booking is for already."), to_what(order, part, runs))


def _asked_again(why: str, reply: Reply) -> Reply:
    return replace(reply, text=f"{why} {reply.text}")


def no_seats(order: Order, part: OrderPart, run: Inventory) -> Reply:
    text = _("%(run)s: not as many seats of that kind are free.") % {"run": _run(run, part)}
    return Reply(text, (_page(order, part), booking_link(order)), about=booking_key(order))


def refused(order: Order, part: OrderPart, run: Inventory, sentence: str) -> Reply:
    return Reply(f"{_run(run, part)}: {sentence}", (_page(order, part), booking_link(order)), about=booking_key(order))


def which_booking(orders: Sequence[Order]) -> Reply:
    shown = list(dict.fromkeys(orders))[:MAX_LISTED]
    buttons = tuple(Suggestion(order.reference, say=f"exchange booking {order.reference}") for order in shown)
    return Reply(
        _("Which booking do you want to exchange?") + f"\n{listed(map(line, shown))}",
        (*buttons, bookings_link()),
        asked="booking",
        offered=tuple(map(booking_key, shown)),
    )


def nothing_to_exchange() -> Reply:
    text = _("There is nothing in your bookings that can be exchanged: only paid seats of what has not begun can.")
    return Reply(text, (bookings_link(),))


def not_that_one(meant: Sequence[Order], others: Sequence[Order]) -> Reply:
    """Of those that were meant none can be exchanged, but these others can."""
    codes = joined([order.reference for order in meant[:MAX_LISTED]])
    why = _("%(codes)s cannot be exchanged: only paid seats of what has not begun can.") % {"codes": codes}
    reply = which_booking(others)
    return _asked_again(why, reply) if codes else reply


def itinerary_start(run: Inventory, part: OrderPart) -> datetime:
    return itinerary(inventory=run, first_leg=part.first_leg, end_leg=part.end_leg).starts_at


def _run(run: Inventory, part: OrderPart) -> str:
    plan = itinerary(inventory=run, first_leg=part.first_leg, end_leg=part.end_leg)
    return f"{plan.title}, {clock(plan.starts_at)}"


def _when(run: Inventory, part: OrderPart) -> str:
    return clock(itinerary_start(run, part))


def _page(order: Order, part: OrderPart) -> Suggestion:
    url = f"{reverse('payments:exchange', args=[order.reference])}?part={part.position}"
    return Suggestion(_("Exchange booking %(code)s") % {"code": order.reference}, url)
