"""What the assistant says of holds, journeys, refunds and places in line: the caller's own, as they are now."""

from datetime import timedelta
from uuid import uuid4

import pytest

from assistant.services import answer
from booking import seatstore
from booking.models import Order, WaitingEntry
from booking.tests.selling import a_written_order
from payments.models import Payment, Refund

from .conftest import NOW, SHOWS, TOMORROW


def said(message: str, customer) -> str:
    return answer(message=message, customer=customer, now=NOW).text


@pytest.fixture
def hers(world, asha, departures) -> Order:
    return a_written_order(asha, departures["12951", TOMORROW].inventory, "B1-14")


def paid_back(order: Order, amount: int) -> None:
    payment = Payment.objects.create(
        order=order, request_id="r", status=Payment.Status.CAPTURED, amount=amount, currency="INR", gateway="sandbox"
    )
    Refund.objects.create(
        payment=payment, request_id="r", amount=amount, currency="INR", status=Refund.Status.IN_TRANSIT
    )


def test_of_several_refunds_and_payments_those_of_the_named_booking_are_told(hers, asha, departures):
    other = a_written_order(asha, departures["12953", TOMORROW].inventory, "A1-1", request_id="s")
    paid_back(hers, 411)
    paid_back(other, 522)
    for message in ("where is my refund for {}?", "did my payment for {} go through?"):
        told = said(message.format(hers.reference), asha)
        assert "411" in told
        assert "522" not in told
    # What was paid, and that it comes back.
    assert told.count("₹411.00") == 2


def test_a_hold_that_has_run_out_is_no_hold_any_more(hers, asha):
    Order.objects.update(status=Order.Status.AWAITING_PAYMENT, held_until=NOW - timedelta(seconds=1))
    assert said("until when do you hold my seats?", asha).startswith("You hold no unpaid seats")


def test_a_seat_that_somebody_else_holds_is_not_the_callers_who_holds_its_name_at_another_performance(
    in_store, asha, performances
):
    afternoon, evening = performances[SHOWS[0]][:2]
    order = a_written_order(asha, afternoon.inventory, "A-12", status=Order.Status.AWAITING_PAYMENT)
    Order.objects.filter(pk=order.pk).update(held_until=NOW + timedelta(minutes=5))
    hold_id = str(uuid4())
    for performance in (afternoon, evening):
        seatstore.hold_seats(
            inventory=performance.inventory.pk, hold_id=hold_id, seats=["A-12"], first_leg=0, end_leg=1, ttl_s=600,
            request_id=str(uuid4()),
        )  # fmt: skip
        hold_id = str(uuid4())
    first, second = said("is A-12 free for the clockmakers daughter tomorrow?", asha).split("\n\n")
    assert "You hold A-12 yourself" in first
    assert "yourself" not in second


def test_where_somebody_waits_is_told_to_nobody_else(hers, asha, ravi, departures):
    WaitingEntry.objects.create(customer=asha, inventory=departures["12953", TOMORROW].inventory, count=3)
    question = "am I on a waiting list?"
    assert "3 seats of 12953" in said(question, asha)
    assert "3 seats" not in said(question, ravi)


def test_my_train_is_the_callers_own(hers, asha, ravi):
    assert said("is my train late?", asha).startswith("12951 Mumbai Rajdhani Express of Sun 22 Nov")
    assert "12951" not in said("is my train late?", ravi)


def test_of_two_holds_the_named_one_is_told(hers, asha, departures):
    other = a_written_order(asha, departures["12953", TOMORROW].inventory, "A1-1", request_id="s")
    Order.objects.update(status=Order.Status.AWAITING_PAYMENT, held_until=NOW + timedelta(minutes=5), confirmed_at=None)
    told = said(f"until when is my hold {hers.reference}?", asha)
    assert hers.reference in told
    assert other.reference not in told


def test_what_is_not_paid_is_not_said_to_be_and_has_no_tickets(hers, asha):
    Order.objects.update(confirmed_at=None, status=Order.Status.EXPIRED)
    told = said(f"show booking {hers.reference}", asha)
    assert "Price: ₹5.00." in told
    assert "Paid" not in told
    assert said("where are my tickets?", asha).startswith("You have no ticket")


@pytest.mark.parametrize(
    ("message", "is_train"),
    [
        ("cancel my seats for monsoon wedding songs", False),
        ("cancel my booking on monday", False),
        ("cancel seat A-3", False),
        ("cancel my booking for tomorrow", True),
        ("cancel 12951", True),
        ("cancel seat B1-14", True),
    ],
)
def test_of_several_bookings_the_one_is_priced_that_fits_what_was_said(hers, asha, performances, message, is_train):
    play = a_written_order(asha, performances[SHOWS[1]][0].inventory, "A-3", request_id="s")
    meant, other = (hers, play) if is_train else (play, hers)
    told = said(message, asha)
    assert f"cancel booking {meant.reference}" in told
    assert other.reference not in told
