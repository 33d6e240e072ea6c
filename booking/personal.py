"""What does the shop keep of a person? Orders, which stay, and places in waiting lists (accounts/rooms.py)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from booking.itinerary import Itinerary, journeys_of
from booking.models import Order, OrderSeat, OutgoingMail, WaitingEntry
from booking.selectors.orders import orders_of
from booking.services.boarding import can_cancel_at

S = Order.Status
W = WaitingEntry.State


def hand_over(*, guests: Collection[User], to: User) -> None:
    """Guests' orders become the account's; their request ids, which two guests may share, are made each their own."""
    for order in Order.objects.filter(customer__in=guests):
        Order.objects.filter(pk=order.pk).update(customer=to, request_id=f"guest:{order.pk}")
    _leave_double_places([*guests, to])
    WaitingEntry.objects.filter(customer__in=guests).update(customer=to)


def _leave_double_places(people: Collection[User]) -> None:
    """Who waited in one line as several guests has one place there: the one that has seats by now, else the first."""
    places = WaitingEntry.objects.filter(customer__in=people, state__in=(W.OFFERED, W.WAITING))
    kept = set()
    for place in sorted(places, key=lambda place: (place.state != W.OFFERED, place.created_at)):
        line = (place.inventory_id, place.first_leg, place.end_leg, place.zone)
        if line in kept:
            WaitingEntry.objects.filter(pk=place.pk).update(state=W.LEFT)
        kept.add(line)


def kept_of(*, person: User) -> dict[str, Any]:
    return {
        "orders": [_order(order) for order in orders_of(person).prefetch_related("history", "tickets", "mails")],
        "waiting": list(
            person.waiting.values("inventory_id", "first_leg", "end_leg", "zone", "count", "state", "created_at")
        ),
    }


def unfinished(*, person: User, now: datetime) -> list[str]:
    """Tickets for what has not begun, and money that is on its way."""
    alive = orders_of(person).exclude(status__in=[S.CANCELLED, S.EXPIRED])
    sentences = []
    for order in alive:
        what = _what(journeys_of(order)[0].itinerary)
        if can_cancel_at(order=order, now=now):
            sentences.append(_("You have tickets for %(what)s (booking %(code)s).") % _words(what, order))
        elif order.status in (S.AWAITING_PAYMENT, S.CONFIRMING, S.NEEDS_ATTENTION):
            sentences.append(_("The booking of %(what)s (%(code)s) is not finished.") % _words(what, order))
    return sentences


def forget(*, person: User) -> None:
    """Orders keep what was sold for how much; the names of passengers, mail and places in waiting lists go."""
    OrderSeat.objects.filter(order__customer=person).exclude(passenger_name="").update(passenger_name="")
    mine = Q(order__customer=person) | Q(waiting_entry__customer=person)
    OutgoingMail.objects.filter(mine, sent_at=None).delete()
    # What a mail server said names the address.
    OutgoingMail.objects.filter(mine).update(last_error="")
    WaitingEntry.objects.filter(customer=person, state=W.WAITING).update(state=W.LEFT)


def _words(what: str, order: Order) -> dict[str, str]:
    return {"what": what, "code": order.reference}


def _what(journey: Itinerary) -> str:
    return f"{journey.title}, {journey.starts_at:%Y-%m-%d %H:%M} {journey.starts_at.tzname()}"


def _order(order: Order) -> dict[str, Any]:
    return {
        "booking": order.reference,
        "status": order.status,
        "amount": order.amount,
        "currency": order.currency,
        "made": order.created_at,
        "confirmed": order.confirmed_at,
        "journeys": [
            {"what": journey.itinerary.title, "from": journey.itinerary.place, "to": journey.itinerary.destination}
            | {"starts": journey.itinerary.starts_at, "seats": [seat.name for seat in journey.seats]}
            for journey in journeys_of(order)
        ],
        "seats": [
            {"seat": seat.name, "zone": seat.zone, "amount": seat.amount, "passenger_type": seat.passenger_type}
            | {"passenger": seat.passenger_name, "cancelled": seat.cancelled_at}
            for seat in order.seats.all()
        ],
        "tickets": [{"code": ticket.code, "voided": ticket.voided_at} for ticket in order.tickets.all()],
        "history": [{"at": step.at, "status": step.to_status, "reason": step.reason} for step in order.history.all()],
        "mails": [{"kind": mail.kind, "sent": mail.sent_at} for mail in order.mails.all()],
    }
