"""How is it put into words what the caller has? Said to nobody else."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from assistant.options import booking_key
from booking.itinerary import Journey, journeys_of, title_of
from booking.models import Order, WaitingEntry

from .pieces import (
    MAX_LISTED,
    Action,
    Reply,
    Suggestion,
    booking_link,
    bookings_link,
    clock,
    home_link,
    listed,
    log_in_link,
    money,
    shows_link,
)


def log_in_first() -> Reply:
    text = _("Please log in first; then I can tell you about your own bookings.")
    return Reply(text, (log_in_link(reverse("booking:orders")),))


def none() -> Reply:
    return Reply(_("You have no bookings yet."), (home_link(), shows_link()))


def nothing_to_come() -> Reply:
    return Reply(_("You have no journey or show ahead of you."), (bookings_link(), home_link(), shows_link()))


def nothing_after() -> Reply:
    return Reply(_("After that you have nothing booked."), (bookings_link(),))


def no_such_booking() -> Reply:
    """The same words whether somebody else has it or nobody."""
    text = _("You have no booking of that code. Please check it; I can only tell you about your own bookings.")
    return Reply(text, (bookings_link(),))


def nothing_fits(orders: Sequence[Order]) -> Reply:
    text = _("You have no booking for that.")
    if not orders:
        return Reply(text, (home_link(), shows_link()))
    shown = orders[:MAX_LISTED]
    return Reply(
        f"{text} " + _("Your bookings are:") + f"\n{listed(map(line, shown))}",
        (bookings_link(),),
        offered=tuple(map(booking_key, shown)),
    )


def several(orders: Sequence[Order]) -> Reply:
    shown = orders[:MAX_LISTED]
    return Reply(
        _("Your newest bookings:") + f"\n{listed(map(line, shown))}",
        (*map(booking_link, shown), bookings_link()),
        offered=tuple(map(booking_key, shown)),
    )


def line(order: Order) -> str:
    """One booking in a line: code, what, when, seats, state."""
    journeys = journeys_of(order)
    seats = ", ".join(seat.name for journey in journeys for seat in journey.kept)
    told = {
        "code": order.reference,
        "title": title_of(journeys),
        "when": clock(journeys[0].itinerary.starts_at),
        "seats": seats or _("all seats given back"),
        "state": order.get_status_display(),
    }
    return _("%(code)s, %(title)s, %(when)s: %(seats)s. %(state)s.") % told


def details(orders: Sequence[Order]) -> Reply:
    shown = orders[:MAX_LISTED]
    return Reply(
        "\n\n".join(map(_details, shown)),
        (*map(booking_link, shown), bookings_link()),
        offered=tuple(map(booking_key, shown)),
        about=booking_key(shown[0]) if len(shown) == 1 else "",
    )


def _details(order: Order) -> str:
    journeys = journeys_of(order)
    lines = [_journey(journey) for journey in journeys]
    paid = _("Paid: %(price)s.") if order.confirmed_at else _("Price: %(price)s.")
    lines.append(paid % {"price": money(order.price)})
    head = _("%(code)s, %(state)s:") % {"code": order.reference, "state": order.get_status_display()}
    return f"{head}\n{listed(lines)}"


def _journey(journey: Journey) -> str:
    plan = journey.itinerary
    seats = ", ".join(f"{seat.name} ({seat.zone}, {money(seat.price)})" for seat in journey.kept)
    given_back = ", ".join(seat.name for seat in journey.cancelled)
    told = {"title": plan.title, "place": plan.place, "when": clock(plan.starts_at)}
    text = _("%(title)s: %(place)s, %(when)s") % told
    if plan.ends_at is not None:
        text += f" → {plan.destination}, {clock(plan.ends_at)}"
    if seats:
        text += ". " + _("Seats: %(seats)s") % {"seats": seats}
    if given_back:
        text += ". " + _("Given back: %(seats)s") % {"seats": given_back}
    return f"{text}. {plan.notice}".strip()


def held(orders: Sequence[Order], customer: User, *, now: datetime, asks_longer: bool = False) -> Reply:
    """`asks_longer`: whether the hold may last longer was asked, or what becomes of it if nobody pays."""
    lines = []
    for order in orders:
        assert order.held_until is not None, "only held orders are told"
        left = max(0, int((order.held_until - now).total_seconds())) // 60
        journeys = journeys_of(order)
        told = {
            "code": order.reference,
            "seats": ", ".join(seat.name for journey in journeys for seat in journey.kept),
            "title": title_of(journeys),
            "until": clock(order.held_until.astimezone(journeys[0].itinerary.starts_at.tzinfo)),
            "price": money(order.price),
            "left": ngettext("%(count)s minute left", "%(count)s minutes left", left) % {"count": left},
        }
        lines.append(_("%(code)s: %(seats)s on %(title)s, until %(until)s (%(left)s). To pay: %(price)s.") % told)
    head = _("You hold these seats yourself, as %(person)s:") % {"person": customer.mail_address}
    if asks_longer:
        lines.append(
            _(
                "A hold cannot be made longer; only while a payment is under way does it last on. If it is not paid by "
                "then, the seats are free again, and nothing is taken."
            )
        )
    pay = tuple(
        Suggestion(_("Pay for %(code)s") % {"code": order.reference}, reverse("payments:pay", args=[order.reference]))
        for order in orders
    )
    return Reply(
        f"{head}\n{listed(lines)}",
        (*pay, bookings_link()),
        offered=tuple(map(booking_key, orders)),
        about=booking_key(orders[0]) if len(orders) == 1 else "",
    )


def nothing_held() -> Reply:
    text = _("You hold no unpaid seats at the moment. What was paid is yours; what ran out is free again.")
    lasts = _("Seats are held for %(minutes)s minutes.") % {"minutes": settings.HOLD_TTL_S // 60}
    return Reply(f"{text} {lasts}", (bookings_link(),))


def tickets(orders: Sequence[Order], *, asks_invoice: bool = False) -> Reply:
    text = _("Your tickets, as PDF, for your calendar, and with a code for the entrance. They were mailed to you too:")
    shown = orders[:MAX_LISTED]
    links = tuple(
        Suggestion(
            _("Tickets of %(code)s") % {"code": order.reference}, reverse("booking:tickets", args=[order.reference])
        )
        for order in shown
    )
    hint = _("You need not print anything.")
    if asks_invoice:
        hint = _("There is no invoice of its own: the page of a booking has its prices and payments, to print or keep.")
    return Reply(
        f"{text}\n{listed(map(line, shown))}\n{hint}", (*links, bookings_link()), offered=tuple(map(booking_key, shown))
    )


def no_tickets() -> Reply:
    text = _(
        "You have no ticket for a journey or show that is still to come. Tickets are there once a booking is paid."
    )
    elsewhere = _(
        "What was bought without this account, or with another address, opens by the link in the mail that came there."
    )
    return Reply(f"{text} {elsewhere}", (bookings_link(),))


def nothing_to_cancel(*, has_any: bool) -> Reply:
    if not has_any:
        return none()
    return Reply(_("Of your bookings none can be cancelled: nothing is paid or held."), (bookings_link(),))


def names_on_tickets(orders: Sequence[Order]) -> Reply:
    """`orders` are those that are held or paid: who travels is said before paying."""
    text = _(
        "Names are given to seats on the booking’s page until it is paid. Once it is paid, the tickets are made and "
        "their names stay as they are."
    )
    lines = []
    for order in orders[:MAX_LISTED]:
        names = [
            f"{seat.name}: {seat.passenger_name or _('no name was given')}"
            for seat in order.seats.all()
            if seat.cancelled_at is None
        ]
        state = (
            _("not paid yet, so names can still be given")
            if order.status == Order.Status.AWAITING_PAYMENT
            else _("paid, so its names stay")
        )
        lines.append(f"{order.reference} ({state}): {', '.join(names)}")
    told = f"{text}\n{listed(lines)}" if lines else text
    shown = orders[:MAX_LISTED]
    return Reply(
        told,
        (*map(booking_link, shown), bookings_link()),
        offered=tuple(map(booking_key, shown)),
        about=booking_key(shown[0]) if len(shown) == 1 else "",
    )


def waiting(entries: Sequence[WaitingEntry], *, asks_to_leave: bool = False) -> Reply:
    lines = [
        _("%(count)s seats of %(what)s: %(state)s")
        % {"count": entry.count, "what": entry.inventory.offering, "state": entry.get_state_display()}
        for entry in entries
    ]
    how = _(
        "How many are before you, and whether it will be enough, is not known here. When seats come free for you, they "
        "are held and you get a mail; nothing is charged by itself: you pay, or let them go. You leave the list on the "
        "page of your bookings."
    )
    leave = tuple(
        Action("DELETE", reverse("api:waiting_entry", args=[entry.pk]), {})
        for entry in entries
        if asks_to_leave and entry.state == WaitingEntry.State.WAITING
    )
    return Reply(_("You wait for:") + f"\n{listed(lines)}\n{how}", (bookings_link(),), actions=leave)
