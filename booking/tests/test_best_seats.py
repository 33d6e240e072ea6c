"""Seats that the store chooses: the right ones at their price, the same for the same request, and who was moved."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.tokens import issue_tokens
from booking import seatstore
from booking.choosing.choice import Choice, ChoiceInvalid, NoneSoCheap
from booking.errors import NotForEachSeat, RequestConflict, TooManySeats
from booking.models import Order, OrderPart, OrderSeat
from booking.selling.sale_rules import CustomerLimitReached
from booking.services import PartWanted, expire_orders, follow_moves, hold_parts
from booking.services.paying import begin_confirming, confirm_in_store, mark_confirmed
from booking.tests.selling import a_customer, a_performance_on_sale, a_train_on_sale

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

S = Order.Status


@pytest.fixture
def hall():
    return a_performance_on_sale()


@pytest.fixture
def train():
    return a_train_on_sale()


def best(inventory, count=1, *, legs=(0, 1), customer=None, request_id=None, any_seat=False, passengers=(), **choice):
    part = PartWanted(inventory, (), *legs, tuple(passengers), any_seat, Choice(count, **choice))
    return hold_parts(customer=customer or a_customer(), parts=[part], request_id=request_id or uuid4().hex)


def seats(order) -> list[str]:
    return list(OrderSeat.objects.filter(order=order).order_by("name").values_list("name", flat=True))


def test_the_store_chooses_and_the_order_costs_what_it_chose(hall):
    order = best(hall, 2, zones=("B",), together=True)
    assert (order.status, order.amount, order.currency) == (S.AWAITING_PAYMENT, 600, "INR")
    assert {seat.zone for seat in order.seats.all()} == {"B"}
    assert seatstore.availability(hall.pk).taken(0, 1) == set(seats(order))
    order.refresh_from_db()
    assert order.amount == 600


def test_what_a_seat_may_cost_decides_the_zones(hall):
    assert {seat.zone for seat in best(hall, 3, at_most=Decimal(300)).seats.all()} == {"B"}
    with pytest.raises(NoneSoCheap):
        best(hall, at_most=Decimal(299))


def test_the_same_request_is_the_same_seats_and_another_choice_is_refused(hall):
    customer = a_customer()
    order = best(hall, 2, customer=customer, request_id="r")
    assert best(hall, 2, customer=customer, request_id="r") == order
    assert len(seats(order)) == 2
    for other in ({"count": 3}, {"count": 2, "zones": ("B",)}, {"count": 2, "together": True}):
        with pytest.raises(RequestConflict):
            best(hall, customer=customer, request_id="r", **other)


def test_a_crash_after_the_store_chose_is_taken_further_by_the_same_request(hall, monkeypatch):
    customer, hold_best = a_customer(), seatstore.hold_best

    def lost(**arguments):
        hold_best(**arguments)
        raise seatstore.OutcomeUnknown("lost")

    with monkeypatch.context() as patched:
        patched.setattr(seatstore, "hold_best", lost)
        with pytest.raises(seatstore.OutcomeUnknown):
            best(hall, 2, customer=customer, request_id="r")
    order = best(hall, 2, customer=customer, request_id="r")
    assert order.status == S.AWAITING_PAYMENT
    assert seatstore.availability(hall.pk).taken(0, 1) == set(seats(order))


def test_a_choice_nobody_comes_back_to_is_given_up_by_the_worker(hall, monkeypatch):
    hold_best = seatstore.hold_best

    def lost(**arguments):
        hold_best(**arguments)
        raise seatstore.OutcomeUnknown("lost")

    with monkeypatch.context() as patched:
        patched.setattr(seatstore, "hold_best", lost)
        with pytest.raises(seatstore.OutcomeUnknown):
            best(hall, 2)
    assert expire_orders(now=timezone.now() + timedelta(minutes=5), limit=10) == 1
    assert seatstore.availability(hall.pk).taken(0, 1) == set()


def test_there_and_back_are_chosen_together_or_not_at_all(train):
    back = a_train_on_sale(days_ahead=5)
    best(back, 6, legs=(0, 4))
    customer = a_customer()
    parts = [PartWanted(inventory, (), 0, 4, choice=Choice(2)) for inventory in (train, back)]
    with pytest.raises(seatstore.NoSeatsFound):
        hold_parts(customer=customer, parts=parts, request_id="r")
    assert seatstore.availability(train.pk).taken(0, 4) == set()
    assert Order.objects.get(customer=customer).status == S.CANCELLED


def test_a_choice_and_seats_that_are_named_make_one_order(train, hall):
    parts = [PartWanted(train, ("C1-1",), 0, 4), PartWanted(hall, (), 0, 1, choice=Choice(2, zones=("A",)))]
    order = hold_parts(customer=a_customer(), parts=parts, request_id="r")
    assert order.amount == 450 + 2 * 500
    assert [seat.part.position for seat in order.seats.all()] == [1, 2, 2]


@pytest.mark.parametrize(
    ("choice", "error"),
    [
        ({"zones": ("NONE",)}, ChoiceInvalid),
        ({"count": 11}, TooManySeats),
        ({"passengers": ("adult",), "count": 2}, NotForEachSeat),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused_before_anything_is_written(hall, choice, error):
    with pytest.raises(error):
        best(hall, **choice)
    assert not Order.objects.exists()


@pytest.mark.parametrize("choice", [{"count": 0}, {"count": -1}, {"count": 1, "must_have": ("quiet",)}])
def test_no_seats_fewer_than_none_and_unknown_features_cannot_be_asked_for(choice):
    with pytest.raises(ChoiceInvalid):
        Choice(**choice)


def test_one_customers_limit_holds_for_what_is_chosen_too(hall):
    hall.performance.seats_per_customer = 3
    hall.performance.save()
    customer = a_customer()
    best(hall, 2, customer=customer)
    with pytest.raises(CustomerLimitReached):
        best(hall, 2, customer=customer)


# --- Moved to make room ---------------------------------------------------------------------------


def sold(order) -> Order:
    begin_confirming(order=order)
    confirm_in_store(order=order)
    mark_confirmed(order=order, now=timezone.now())
    return order


def a_train_in_pieces(*, any_seat: bool) -> tuple:
    """No seat is free all the way: five are sold on all legs, and the last one's halves on two seats.

    Returns the train and the order of somebody who sits on one of the halves and could sit on the other.
    """
    train = a_train_on_sale()
    hold_parts(
        customer=a_customer(),
        parts=[PartWanted(train, ("C1-1", "C1-2", "C1-3", "C1-4"), 0, 4)],
        request_id=uuid4().hex,
    )
    hold_parts(customer=a_customer(), parts=[PartWanted(train, ("C1-5",), 0, 2)], request_id=uuid4().hex)
    blocker = hold_parts(customer=a_customer(), parts=[PartWanted(train, ("C1-5",), 2, 4)], request_id=uuid4().hex)
    mover = sold(best(train, legs=(2, 4), any_seat=any_seat))
    assert seats(mover) == ["C1-6"]
    part = blocker.parts.get()
    seatstore.release_hold(hold_id=part.hold_id, request_id=uuid4().hex)
    return train, mover


def test_who_accepted_any_seat_is_moved_and_the_order_and_ticket_say_so():
    train, mover = a_train_in_pieces(any_seat=True)
    order = best(train, legs=(0, 4))
    assert seats(order) == ["C1-6"]
    assert seats(mover) == ["C1-5"]
    assert mover.history.last().reason.startswith("Moved from C1-6 to C1-5")
    assert [ticket.seat_name for ticket in mover.tickets.filter(voided_at=None)] == ["C1-5"]
    assert not OrderPart.objects.filter(moves_pending=True).exists()


def test_who_did_not_stays_where_they_are():
    train, mover = a_train_in_pieces(any_seat=False)
    with pytest.raises(seatstore.NoSeatsFound):
        best(train, legs=(0, 4))
    assert seats(mover) == ["C1-6"]


def test_moves_that_a_crash_kept_from_being_written_down_are_read_from_the_store(monkeypatch):
    train, mover = a_train_in_pieces(any_seat=True)
    hold_best = seatstore.hold_best

    def lost(**arguments):
        hold_best(**arguments)
        raise seatstore.OutcomeUnknown("lost")

    with monkeypatch.context() as patched:
        patched.setattr(seatstore, "hold_best", lost)
        with pytest.raises(seatstore.OutcomeUnknown):
            best(train, legs=(0, 4))
    assert seats(mover) == ["C1-6"]
    assert follow_moves(now=timezone.now(), limit=10) == 0
    assert follow_moves(now=timezone.now() + timedelta(minutes=2), limit=10) == 1
    assert seats(mover) == ["C1-5"]
    assert follow_moves(now=timezone.now() + timedelta(minutes=2), limit=10) == 0


# --- REST and pages -------------------------------------------------------------------------------


@pytest.fixture
def api():
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(user=a_customer()).access}")
    return client


def test_programs_have_seats_chosen(api, train):
    body = {
        "inventory": train.pk,
        "from": "BBB",
        "to": "DDD",
        "any_seat": True,
        "choice": {"count": 2, "zones": ["AC2"], "prefer": ["window"]},
    }
    answer = api.post("/api/v1/holds/", body, format="json")
    assert answer.status_code == 201, answer.content
    hold = answer.json()
    assert len(hold["seats"]) == 2
    assert hold["total"] == {"amount": "500.00", "currency": "INR"}
    assert OrderPart.objects.get().any_seat


@pytest.mark.parametrize(
    ("choice", "status", "code"),
    [
        ({"count": 0}, 400, "invalid"),
        ({"count": 1, "must_have": ["quiet"]}, 400, "choice-invalid"),
        ({"count": 1, "zones": ["NONE"]}, 400, "choice-invalid"),
        ({"count": 1, "at_most": "-1"}, 400, "invalid"),
        ({"count": 1, "at_most": "0.01"}, 409, "none-so-cheap"),
        ({"count": 5, "together": True}, 409, "no-seats-found"),
    ],
)
def test_programs_are_told_what_cannot_be_chosen(api, hall, choice, status, code):
    answer = api.post("/api/v1/holds/", {"inventory": hall.pk, "choice": choice}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_seats_and_a_choice_together_are_refused(api, hall):
    for body in ({"seats": ["A-1"], "choice": {"count": 1}}, {}):
        assert api.post("/api/v1/holds/", {"inventory": hall.pk, **body}, format="json").status_code == 400


def test_a_page_has_seats_chosen_and_shows_the_order(client, train):
    customer = a_customer()
    client.force_login(customer)
    departure = train.departure.pk
    page = client.get(f"/trains/{departure}/BBB/DDD/")
    assert "Choose the best seats for me" in page.content.decode()
    form = {
        "inventory": train.pk,
        "first_leg": 1,
        "end_leg": 3,
        "page": page.context["page"],
        "count": 2,
        "any_seat": 1,
    }
    answer = client.post("/hold/best/", form)
    order = Order.objects.get()
    assert answer.url == f"/orders/{order.reference}/"
    assert len(seats(order)) == 2
    assert client.post("/hold/best/", form).url == answer.url
    refused = client.post("/hold/best/", form | {"count": 6}, follow=True)
    assert "No 6 seats of this kind are free" in refused.content.decode()


def test_who_is_not_known_says_who_buys_first(client, hall):
    form = {"inventory": hall.pk, "first_leg": 0, "end_leg": 1, "page": uuid4(), "count": 1}
    assert "Who is buying?" in client.post("/hold/best/", form).content.decode()
    assert client.post("/hold/best/", form | {"guest_email": "a@example.com"}).url.startswith("/orders/")
    assert client.post("/hold/best/", form | {"count": 0}).url == "/"
