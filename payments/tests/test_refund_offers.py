"""An offer says what is paid back before anything is cancelled, and is kept for as long as it says."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.tokens import issue_tokens
from booking.errors import OrderNotCancellable, RefundOfferEnded
from booking.models import Order, RefundOffer, RefundPolicy, RefundStep
from booking.services import hold_seats, offer_refund
from booking.tests.selling import a_customer, a_performance_on_sale
from payments.models import Refund
from payments.services import cancel_order, pay_order
from payments.tests.paying import GOOD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

BEGINS = timezone.now().replace(microsecond=0) + timedelta(days=3)


def in_minutes_before(minutes: float):
    return BEGINS - timedelta(minutes=minutes)


@pytest.fixture
def order():
    """Seats A-1 for 500 and B-1 for 300: free until two days before, then 10 % and 5 each until an hour before."""
    policy = RefundPolicy.objects.create(name="Theatre", is_default=True)
    RefundStep.objects.create(policy=policy, minutes_before=2880)
    RefundStep.objects.create(policy=policy, minutes_before=60, fee_percent=10, fee_amount=5, currency="INR")
    order = hold_seats(
        customer=a_customer(),
        inventory=a_performance_on_sale(starts_at=BEGINS),
        seats=("A-1", "B-1"),
        first_leg=0,
        end_leg=1,
        request_id=uuid4().hex,
    )
    pay_order(order=order, method=GOOD, request_id=uuid4().hex)
    order.refresh_from_db()
    return order


def test_an_offer_says_what_is_paid_back_and_changes_nothing(order):
    offer = offer_refund(order=order, seats=["B-1"], now=in_minutes_before(1000))
    assert (offer.seats, offer.amount, offer.fee, offer.currency) == (["B-1"], 265, 35, "INR")
    assert not order.seats.exclude(cancelled_at=None).exists()
    assert not Refund.objects.exists()


def test_an_accepted_offer_is_paid_back_though_the_terms_became_worse_meanwhile(order):
    offer = offer_refund(order=order, seats=[], now=in_minutes_before(2885))
    assert (offer.amount, offer.valid_until) == (800, in_minutes_before(2880))
    [refund] = cancel_order(order=order, offer=offer, request_id="c", now=in_minutes_before(2881))
    assert (refund.amount, refund.fee, refund.status) == (800, 0, Refund.Status.DONE)
    order.refresh_from_db()
    assert order.status == Order.Status.CANCELLED


def test_the_fee_is_kept_of_what_is_paid_back_without_an_offer_too(order):
    [refund] = cancel_order(order=order, seats=["A-1"], request_id="c", now=in_minutes_before(61))
    assert (refund.amount, refund.fee) == (445, 55)


def test_after_the_last_step_seats_can_be_given_back_and_nothing_is_paid(order):
    [refund] = cancel_order(order=order, seats=["A-1"], request_id="c", now=in_minutes_before(30))
    assert (refund.amount, refund.fee, refund.status) == (0, 500, Refund.Status.DONE)


def test_an_offer_ends_with_its_step_and_after_a_while(order):
    early = offer_refund(order=order, seats=[], now=in_minutes_before(4000))
    assert early.valid_until == in_minutes_before(3985)
    with pytest.raises(RefundOfferEnded):
        cancel_order(order=order, offer=early, request_id="c", now=in_minutes_before(3985))
    assert not Refund.objects.exists()


def test_an_offer_is_accepted_once(order):
    offer = offer_refund(order=order, seats=["A-1"], now=in_minutes_before(100))
    now = in_minutes_before(99)
    first = cancel_order(order=order, offer=offer, request_id="c", now=now)
    assert cancel_order(order=order, offer=offer, request_id="c", now=now) == first
    with pytest.raises((RefundOfferEnded, OrderNotCancellable)):
        cancel_order(order=order, offer=offer, request_id="d", now=now)
    assert Refund.objects.count() == 1


def test_a_seat_that_is_gone_takes_its_offer_with_it(order):
    offer = offer_refund(order=order, seats=["A-1", "B-1"], now=in_minutes_before(100))
    cancel_order(order=order, seats=["A-1"], request_id="c", now=in_minutes_before(99))
    with pytest.raises(OrderNotCancellable):
        cancel_order(order=order, offer=offer, request_id="d", now=in_minutes_before(98))
    offer.refresh_from_db()
    assert offer.accepted_at is None


def test_an_order_keeps_the_terms_it_was_sold_under(order):
    RefundStep.objects.all().delete()
    offer = offer_refund(order=order, seats=[], now=in_minutes_before(4000))
    assert offer.fee == 0


# --- REST -----------------------------------------------------------------------------------------


def client_of(customer) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(user=customer).access}")
    return client


def test_programs_ask_for_an_offer_and_accept_it(order):
    api = client_of(order.customer)
    answer = api.post(f"/api/v1/orders/{order.pk}/refund-offers/", {"seats": ["A-1"]}, format="json")
    assert answer.status_code == 201, answer.content
    offer = answer.json()
    assert offer["refund"] == {"amount": "500.00", "currency": "INR"}
    assert offer["fee"] == {"amount": "0.00", "currency": "INR"}
    cancelled = api.post(f"/api/v1/orders/{order.pk}/cancel/", {"refund_offer": offer["id"]}, format="json")
    assert cancelled.status_code == 200, cancelled.content
    assert cancelled.json()["refunds"][0]["seats"] == ["A-1"]


def test_seats_and_an_offer_together_are_refused(order):
    offer = offer_refund(order=order, seats=["A-1"], now=timezone.now())
    body = {"refund_offer": str(offer.pk), "seats": ["B-1"]}
    assert client_of(order.customer).post(f"/api/v1/orders/{order.pk}/cancel/", body, format="json").status_code == 400


def test_nobody_gets_or_accepts_an_offer_for_somebody_elses_order(order):
    stranger = client_of(a_customer())
    assert stranger.post(f"/api/v1/orders/{order.pk}/refund-offers/", {}, format="json").status_code == 404
    offer = offer_refund(order=order, seats=[], now=timezone.now())
    cancel = {"refund_offer": str(offer.pk)}
    assert stranger.post(f"/api/v1/orders/{order.pk}/cancel/", cancel, format="json").status_code == 404
    owner, unknown = client_of(order.customer), {"refund_offer": str(uuid4())}
    assert owner.post(f"/api/v1/orders/{order.pk}/cancel/", unknown, format="json").status_code == 404


def test_an_unpaid_order_gets_no_offer(order):
    Order.objects.update(status=Order.Status.AWAITING_PAYMENT)
    answer = client_of(order.customer).post(f"/api/v1/orders/{order.pk}/refund-offers/", {}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "order-not-cancellable")
    assert not RefundOffer.objects.exists()
