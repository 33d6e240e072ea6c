"""What can one send on the documentation's page, and it works? What is on sale now, and one's own orders."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from accounts.models import User
from booking.models import Departure, Inventory, Order, Performance
from booking.selectors import orders_of, parts_of, upcoming_performances
from booking.selectors.waiting import waiting_of
from booking.trains.timetable import stop_times
from payments.selectors import payments_of

# The sandbox takes it.
_CARD: Final = {"number": "4242424242424242", "exp_month": 12, "cvc": "123"}
_ACCOUNT: Final = {"email": "you@example.com", "password": "a long enough passphrase"}


@dataclass(frozen=True, slots=True)
class Example:
    """
    Args:
        parameters: of path and query, by name.
        body: None where nothing is sent.
    """

    parameters: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None


def examples_for(person: User | AnonymousUser, *, now: datetime) -> dict[str, Example]:
    """By operation. What nobody could send, as nothing is on sale or nothing is his, has none."""
    examples = {
        "register": Example(body=_ACCOUNT),
        "log_in": Example(body=_ACCOUNT),
        "assistant_ask": Example(body={"message": "How do I cancel?"}),
    }
    if performance := _performance(now):
        examples |= _of_a_show(performance)
    if departure := _departure(now):
        examples |= _of_a_train(departure)
    if isinstance(person, User):
        examples |= _of_his_own(person, now)
    return examples


def _performance(now: datetime) -> Performance | None:
    """One whose sale has begun, and before which nobody waits."""
    begun = Q(sale_starts_at=None) | Q(sale_starts_at__lte=now)
    on_sale = upcoming_performances(now=now + timedelta(days=1)).filter(begun, inventory__has_waiting_room=False)
    return on_sale.first()


def _departure(now: datetime) -> Departure | None:
    later = Departure.objects.filter(date__gt=now.date() + timedelta(days=1), inventory__state=Inventory.State.OPEN)
    return later.select_related("train").order_by("date", "pk").first()


def _of_a_show(performance: Performance) -> dict[str, Example]:
    inventory = {"inventory": performance.inventory_id}
    return {
        "show": Example({"slug": performance.show.slug}),
        "performances": Example({"show": performance.show.slug}),
        "performance": Example({"performance_id": performance.pk}),
        "seat_map": Example(inventory),
        "seat_map_availability": Example(inventory),
        "hold_seats": Example(body={**inventory, "choice": {"count": 2}}),
        "guests": Example(inventory),
    }


def _of_a_train(departure: Departure) -> dict[str, Example]:
    first, *_, last = stop_times(departure)
    inventory = Inventory.objects.get(departure=departure).pk
    ends = {"from": first.station.code, "to": last.station.code}
    return {
        "places": Example({"q": first.station.city}),
        "trips": Example({**ends, "date": first.departs_at.date().isoformat()}),
        "trip": Example({**ends, "departure_id": departure.pk}),
        "join_waiting_list": Example(body={"inventory": inventory, **ends, "count": 1}),
    }


def _of_his_own(person: User, now: datetime) -> dict[str, Example]:
    examples: dict[str, Example] = {}
    orders = orders_of(person)
    if order := orders.filter(status=Order.Status.AWAITING_PAYMENT).first():
        hold = {"hold_id": str(parts_of(order)[0].hold_id)}
        card = {**_CARD, "exp_year": now.year + 2}
        examples |= {"hold": Example(hold), "release_hold": Example(hold)}
        examples["pay"] = Example(body={"order": str(order.pk), "card": card})
    if order := orders.filter(status__in=(Order.Status.CONFIRMED, Order.Status.PARTLY_CANCELLED)).first():
        named = {"order_id": str(order.pk)}
        examples |= dict.fromkeys(("order", "tickets", "tickets_pdf", "tickets_calendar"), Example(named))
        examples |= dict.fromkeys(("make_refund_offer", "cancel_order"), Example(named, body={}))
    if payment := payments_of(customer=person).first():
        examples["payment"] = Example({"payment_id": str(payment.pk)})
    if entry := waiting_of(person).first():
        named = {"entry_id": str(entry.pk)}
        examples |= dict.fromkeys(("waiting_entry", "leave_waiting_list"), Example(named))
    return examples
