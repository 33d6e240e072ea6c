"""Each step of an order has its row of history, in the same transaction, and says on whose behalf it was."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone, translation
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tokens import issue_tokens
from booking import remarks
from booking.acting import on_behalf_of_the_visitor
from booking.models import Order, OrderEvent
from booking.orders import ORDER_TRANSITIONS, advance
from booking.seatstore import SeatsTaken
from booking.services import expire_orders, hold_seats
from booking.tests.selling import a_customer, a_held_order, a_performance_on_sale

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

S = Order.Status


def told(order) -> list[tuple[str, str, str]]:
    return [(event.from_status, event.to_status, event.actor) for event in order.history.all()]


def test_a_purchase_on_the_page_is_the_customers(client):
    hall, customer = a_performance_on_sale(), a_customer()
    client.force_login(customer)
    page = client.get(f"/performances/{hall.performance.pk}/").context["page"]
    client.post("/hold/", {"inventory": hall.pk, "first_leg": 0, "end_leg": 1, "page": page, "seats": ["A-1"]})
    order = Order.objects.get()
    client.post(f"/orders/{order.reference}/release/")
    assert told(order) == [
        (S.DRAFT, S.AWAITING_PAYMENT, "customer"),
        (S.AWAITING_PAYMENT, S.CANCELLED, "customer"),
    ]


def test_a_programs_request_is_its_customers():
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(user=a_customer()).access}")
    answer = api.post("/api/v1/holds/", {"inventory": a_performance_on_sale().pk, "seats": ["A-1"]}, format="json")
    assert answer.status_code == 201
    assert told(Order.objects.get()) == [(S.DRAFT, S.AWAITING_PAYMENT, "customer")]


def test_what_the_worker_does_is_done_by_nobody_and_says_why():
    order = a_held_order()
    Order.objects.filter(pk=order.pk).update(status=S.DRAFT)
    expire_orders(now=timezone.now() + timedelta(minutes=5), limit=10)
    last = order.history.last()
    assert (last.to_status, last.actor, last.reason) == (S.EXPIRED, "", "The request for its seats was not answered.")


def test_a_member_of_staff_is_named(rf):
    order, clerk = a_held_order(), User.objects.create(email="clerk@example.com", is_staff=True)
    request = rf.post("/admin/")
    request.user = clerk
    on_behalf_of_the_visitor(lambda _: advance(order, S.CANCELLED))(request)
    assert order.history.last().actor == "clerk@example.com"
    # Not beyond the request.
    advance(order, S.NEEDS_ATTENTION)
    assert order.history.last().actor == ""


def test_a_step_that_is_taken_back_leaves_no_history():
    order = a_held_order()
    before = OrderEvent.objects.count()
    with transaction.atomic():
        advance(order, S.CONFIRMING)
        transaction.set_rollback(True)
    order.refresh_from_db()
    assert (order.status, OrderEvent.objects.count()) == (S.AWAITING_PAYMENT, before)


def test_a_step_that_somebody_else_took_first_leaves_no_history():
    order = a_held_order()
    stale = Order.objects.get(pk=order.pk)
    advance(order, S.CANCELLED)
    before = OrderEvent.objects.count()
    assert not advance(stale, S.CONFIRMING)
    assert OrderEvent.objects.count() == before


@pytest.mark.parametrize("status", S.values)
def test_every_status_has_its_row_in_the_table(status):
    assert status in ORDER_TRANSITIONS


def test_an_order_cannot_be_deleted():
    order = a_held_order()
    with pytest.raises(ProtectedError):
        order.delete()


@pytest.mark.parametrize(
    ("remark", "in_german"),
    [
        (remarks.GIVEN_BACK % {"seats": "A-1, A-2"}, "Zurückgegeben: A-1, A-2."),
        (
            remarks.MOVED % {"old": "A-1", "new": "B-4", "why": "Broken: seat"},
            "Von A-1 auf B-4 umgesetzt: Broken: seat",
        ),
        (
            remarks.NOT_EXCHANGED_BACK % {"obstacle": "No longer free: A-1.", "why": "The bank declined the payment."},
            "Nicht zurückgetauscht: Nicht mehr frei: A-1. Die Plätze behalten den Preis der alten: "
            "Die Bank hat die Zahlung abgelehnt.",
        ),
        ("It was not paid in time.", "Sie wurde nicht rechtzeitig bezahlt."),
        ("Somebody's own words.", "Somebody's own words."),
        ("", ""),
    ],
)
def test_remarks_are_read_in_the_readers_language_with_what_was_put_into_them(remark, in_german):
    with translation.override("de"):
        assert remarks.in_words_of_the_reader(remark) == in_german


def test_who_is_refused_in_german_is_written_down_in_english():
    wanted = {"inventory": a_performance_on_sale(), "seats": ["A-1"], "first_leg": 0, "end_leg": 1}
    hold_seats(customer=a_customer(), request_id="first", **wanted)
    refused = a_customer()
    with translation.override("de"), pytest.raises(SeatsTaken, match="A-1"):
        hold_seats(customer=refused, request_id="second", **wanted)
    assert OrderEvent.objects.get(order__customer=refused).reason == "No longer free: A-1."
