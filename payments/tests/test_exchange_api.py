"""Programs ask what an exchange costs, and make it, for their own orders only."""

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.tokens import issue_tokens
from booking.models import Order
from booking.services import hold_seats
from booking.tests.selling import a_customer, a_performance_on_sale, a_train_on_sale
from payments.services import pay_order
from payments.tests.paying import GOOD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

CARD = {"number": "4242424242424242", "exp_month": 12, "exp_year": timezone.now().year + 2, "cvc": "123"}


def a_ticket() -> Order:
    inventory = a_performance_on_sale()
    order = hold_seats(
        customer=a_customer(), inventory=inventory, seats=["B-1"], first_leg=0, end_leg=1, request_id="h"
    )
    pay_order(order=order, method=GOOD, request_id="p")
    return order


def asked(customer, order: Order, what: str, **more):
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(user=customer).access}")
    body = {"part": 1, "inventory": order.parts.get(position=1).inventory_id, "seats": ["A-2"], **more}
    return api.post(f"/api/v1/orders/{order.pk}/{what}/", body, format="json")


def test_an_offer_says_what_it_costs_and_the_exchange_charges_that():
    order = a_ticket()
    offer = asked(order.customer, order, "exchange-offers")
    assert offer.json()["difference"] == {"amount": "200.00", "currency": "INR"}
    done = asked(order.customer, order, "exchanges", card=CARD)
    assert (done.status_code, done.json()["status"]) == (200, "DONE")
    assert done.json()["difference"] == {"amount": "200.00", "currency": "INR"}
    assert done.json()["payment"]


def test_without_a_card_nothing_dearer_is_exchanged_and_what_it_costs_is_said():
    order = a_ticket()
    refused = asked(order.customer, order, "exchanges")
    assert (refused.status_code, refused.json()["code"]) == (402, "payment-needed")
    assert refused.json()["difference"] == {"amount": "200.00", "currency": "INR"}
    assert not order.exchanges.exists()


def test_a_journey_stays_from_where_to_where_it_was_unless_another_is_said():
    run, customer = a_train_on_sale(), a_customer()
    order = hold_seats(customer=customer, inventory=run, seats=["C1-1"], first_leg=1, end_leg=3, request_id="t")
    pay_order(order=order, method=GOOD, request_id="pt")

    def difference(**journey):
        answer = asked(customer, order, "exchange-offers", seats=["C1-2"], **journey).json()
        return answer["difference"]["amount"] if "difference" in answer else answer["code"]

    assert difference() == "0.00"
    assert difference(**{"from": "AAA", "to": "EEE"}) == difference(legs={"first": 1, "last": 4}) == "200.00"
    assert difference(**{"from": "AAA", "to": "ZZZ"}) == "unknown-place"


def test_what_an_exchange_names_and_nobody_has_is_said_in_words_of_ours():
    order = a_ticket()
    assert asked(order.customer, order, "exchange-offers", part=2).json()["detail"] == "The order has no such part."
    gone = asked(order.customer, order, "exchange-offers", inventory="none")
    assert (gone.status_code, gone.json()["code"]) == (400, "unknown-inventory")


def test_a_bank_that_takes_its_time_is_waited_for():
    order = a_ticket()
    waits = asked(order.customer, order, "exchanges", upi={"id": "late@bank"})
    assert (waits.status_code, waits.json()["status"]) == (202, "CREATED")


@pytest.mark.parametrize("what", ["exchange-offers", "exchanges"])
def test_somebody_elses_order_is_not_to_be_found(what):
    assert asked(a_customer(), a_ticket(), what).status_code == 404
