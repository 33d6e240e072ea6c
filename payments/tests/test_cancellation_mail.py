"""Whoever gives seats back, or whose run is cancelled, is told by mail what goes back, and their calendar follows."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail as mailbox
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.utils import timezone
from icalendar import Calendar

from booking.errors import OrderNotCancellable
from booking.models import Order, OutgoingMail, RefundPolicy, RefundStep
from booking.services import hold_seats
from booking.tests.selling import a_customer, a_held_order, a_train_on_sale
from booking.tickets.outbox import send_due_mail
from booking.trains.departures import cancel_departure
from payments.services import cancel_order, pay_order, refund_cancelled_runs
from payments.tests.paying import GOOD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]


def paid(order: Order | None = None) -> Order:
    order = order or a_held_order()
    pay_order(order=order, method=GOOD, request_id=uuid4().hex)
    sent()
    return order


def sent() -> list[EmailMessage]:
    """What the worker sends now, and nothing from before."""
    mailbox.outbox.clear()
    send_due_mail(now=timezone.now(), limit=10)
    return mailbox.outbox


def events_in(message: EmailMessage) -> list[tuple[str, int]]:
    [(name, content, kind)] = message.attachments
    assert (name.endswith(".ics"), kind) == (True, "text/calendar")
    return [(str(event["STATUS"]), event["SEQUENCE"]) for event in Calendar.from_ical(content).walk("VEVENT")]


def test_a_cancelled_order_is_told_with_what_goes_back_and_its_date_leaves_the_calendar():
    order = paid()
    cancel_order(order=order, request_id="c")
    [message] = sent()
    assert message.to == [order.customer.email]
    assert message.subject.startswith("Cancelled: Show ")
    assert "Seat A-1, Zone A\nSeat B-1, Zone B\n" in message.body
    assert "₹800.00 goes back the way it was paid" in message.body
    assert "kept" not in message.body
    assert f"/orders/{order.reference}/" in message.body
    assert events_in(message) == [("CANCELLED", 2)]
    assert sent() == []


def test_of_two_seats_the_mail_names_the_one_that_was_given_back_and_the_other_stays_in_the_calendar():
    order = paid()
    cancel_order(order=order, seats=["B-1"], request_id="c")
    [message] = sent()
    assert "Seat B-1" in message.body
    assert "Seat A-1" not in message.body
    assert "₹300.00 goes back" in message.body
    assert "You keep A-1" in message.body
    assert events_in(message) == [("CONFIRMED", 1)]


def test_each_mail_tells_of_its_own_seats_also_when_both_are_sent_late():
    order = paid()
    cancel_order(order=order, seats=["B-1"], request_id="c")
    cancel_order(order=order, seats=["A-1"], request_id="d")
    amounts = sorted(message.body.partition(" goes back")[0].rpartition("\n")[2] for message in sent())
    assert amounts == ["₹300.00", "₹500.00"]


@pytest.mark.parametrize(
    ("minutes_left", "told"),
    [(100, ["₹450.00 goes back", "₹50.00 is kept"]), (30, ["No money goes back", "₹500.00 is kept"])],
)
def test_what_the_terms_keep_is_said_too(minutes_left, told):
    policy = RefundPolicy.objects.create(name="Theatre", is_default=True)
    RefundStep.objects.create(policy=policy, minutes_before=60, fee_percent=10)
    order = paid()
    starts_at = order.parts.get().inventory.performance.starts_at
    cancel_order(order=order, seats=["A-1"], request_id="c", now=starts_at - timedelta(minutes=minutes_left))
    OutgoingMail.objects.filter(sent_at=None).update(due_at=timezone.now())
    [message] = sent()
    for sentence in told:
        assert sentence in message.body


def test_passengers_of_a_cancelled_run_are_told_why_and_that_all_of_it_goes_back():
    inventory = a_train_on_sale()
    order = hold_seats(
        customer=a_customer(), inventory=inventory, seats=("C1-1",), first_leg=1, end_leg=3, request_id="h"
    )
    paid(order)
    cancel_departure(departure=inventory.departure, reason="Flood at CCC.", now=timezone.now())
    refund_cancelled_runs(now=timezone.now(), limit=10)
    [message] = sent()
    assert "This run is cancelled. Flood at CCC." in message.body
    assert "11:05 IST" in message.body
    assert "₹250.00 goes back" in message.body
    assert events_in(message) == [("CANCELLED", 1)]


def test_a_cancellation_that_comes_to_nothing_is_told_to_nobody():
    order = paid()
    with pytest.raises(OrderNotCancellable):
        cancel_order(order=order, seats=["A-9"], request_id="c")
    assert sent() == []


def test_an_order_that_was_never_paid_is_given_back_without_a_mail():
    order = a_held_order()
    cancel_order(order=order, request_id="c")
    assert sent() == []


def test_what_goes_back_is_never_less_than_nothing_and_never_without_its_currency():
    order = paid()
    mail = {"order": order, "kind": "cancelled", "created_at": timezone.now(), "due_at": timezone.now()}
    for wrong in ({"amount": -1, "currency": "INR"}, {"amount": 5}, {"currency": "INR"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            OutgoingMail.objects.create(**mail, **wrong)
