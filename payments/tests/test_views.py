"""What does a customer see who pays or cancels in the browser?"""

import re
from uuid import uuid4

import pytest

from booking import seatstore
from booking.tests.selling import a_held_order
from payments.models import Payment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seat_store")]

GOOD = "4242 4242 4242 4242"
DECLINED = "4000 0000 0000 9999"


@pytest.fixture
def order(client):
    order = a_held_order()
    client.force_login(order.customer)
    return order


def card(number: str = GOOD, **changes: str) -> dict:
    return {"attempt": str(uuid4()), "number": number, "expiry": "08/40", "cvc": "737", **changes}


def pay(client, order, number: str = GOOD, **changes: str):
    return client.post(f"/pay/{order.reference}/", card(number, **changes), follow=True)


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_paid_order_becomes_a_ticket_with_code_seats_and_price(client, order):
    ticket = text_of(pay(client, order))
    for expected in ("Confirmed", order.reference, "A-1", "Zone A", "₹800.00", "Visa ending 4242", "IST"):
        assert expected in ticket


def test_a_declined_card_says_so_keeps_the_seats_and_lets_another_be_tried(client, order):
    answer = pay(client, order, DECLINED)
    assert answer.status_code == 402
    assert "The payment was declined." in text_of(answer)
    assert "your seats are still held" in text_of(answer)
    assert seatstore.hold(order.parts.get().hold_id).state == "held"
    assert "Confirmed" in text_of(pay(client, order))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"number": "4242 4242 4242 4243"}, "please check its digits"),
        ({"number": ""}, "number on the front"),
        ({"expiry": "08/20"}, "has expired"),
        ({"expiry": "13/40"}, "from 1 to 12"),
        ({"expiry": "soon"}, "like 08/29"),
        ({"cvc": "12"}, "3 or 4 digits"),
    ],
)
def test_what_is_wrong_with_a_card_is_said_at_its_field_and_its_number_is_not_shown_again(
    client, order, changes, complaint
):
    answer = pay(client, order, **changes)
    assert answer.status_code == 400
    assert complaint in text_of(answer)
    page = answer.content.decode()
    assert 'aria-invalid="true"' in page
    assert not re.search(r'value="[^"]*424[23]', page)
    assert 'value="737"' not in page
    assert not Payment.objects.exists()


@pytest.mark.parametrize("written", ["8/40", "08/2040", "08 40", " 08 / 40 ", "08-40"])
def test_an_expiry_is_understood_as_people_write_it(client, order, written):
    assert "Confirmed" in text_of(pay(client, order, expiry=written))
    assert Payment.objects.get().card_expiry == "2040-08"


def test_the_same_form_sent_twice_pays_once(client, order):
    form = card()
    for _ in range(2):
        answer = client.post(f"/pay/{order.reference}/", form, follow=True)
        assert "Confirmed" in text_of(answer)
    assert Payment.objects.get().request_id == f"page:{form['attempt']}"


def test_without_a_leader_nothing_is_charged_and_the_form_can_be_sent_again(client, order, monkeypatch):
    form = card()
    with monkeypatch.context() as patch:
        patch.setattr(seatstore, "extend_hold", _raise(seatstore.StoreUnavailable("no leader", 2)))
        answer = client.post(f"/pay/{order.reference}/", form)
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert "Nothing was charged and your seats are kept." in text_of(answer)
    assert form["attempt"] in answer.content.decode()
    assert "Confirmed" in text_of(client.post(f"/pay/{order.reference}/", form, follow=True))


def test_a_payment_whose_end_is_not_known_is_not_asked_for_again(client, order, monkeypatch):
    monkeypatch.setattr(seatstore, "confirm_hold", _raise(seatstore.OutcomeUnknown("no answer")))
    answer = pay(client, order)
    assert "please do not pay again" in text_of(answer)
    assert "Your booking is being confirmed." in text_of(answer)
    assert client.get(f"/pay/{order.reference}/").url == f"/orders/{order.reference}/"


def _raise(error: Exception):
    def ask(*_, **__):
        raise error

    return ask


def test_test_numbers_are_told_to_nobody_in_production(client, order, settings):
    assert "4000 0000 0000 9999" in text_of(client.get(f"/pay/{order.reference}/"))
    settings.PRODUCTION = True
    assert "4000 0000 0000 9999" not in text_of(client.get(f"/pay/{order.reference}/"))


def cancel(client, order, *seats: str):
    """Choose the seats, and accept what is offered for them."""
    offered = client.post(f"/pay/{order.reference}/cancel/", {"seats": seats})
    if offered.status_code != 200:
        return offered
    form = {"offer": offered.context["offer"].pk}
    return client.post(f"/pay/{order.reference}/cancel/", form, follow=True)


def test_one_of_several_seats_is_cancelled_and_its_price_comes_back(client, order):
    pay(client, order)
    assert "paid back to Visa ending 4242" in text_of(client.get(f"/pay/{order.reference}/cancel/"))
    page = text_of(cancel(client, order, "B-1"))
    assert "Cancelled. ₹300.00 was paid back to Visa ending 4242." in page
    assert "Confirmed, partly cancelled" in page
    assert set(seatstore.availability(order.parts.get().inventory_id).sold) == {"A-1"}


def test_a_whole_order_is_cancelled(client, order):
    pay(client, order)
    page = text_of(cancel(client, order, "A-1", "B-1"))
    assert "Cancelled. ₹800.00 was paid back" in page
    assert "This booking was cancelled." in page


def test_cancelling_nothing_asks_what_to_cancel(client, order):
    pay(client, order)
    answer = cancel(client, order)
    assert answer.status_code == 400
    assert "Choose at least one seat to cancel." in text_of(answer)


def test_a_refund_that_waits_for_the_store_is_said_to_be_on_its_way(client, order, monkeypatch):
    pay(client, order)
    monkeypatch.setattr(seatstore, "cancel_seats", _raise(seatstore.StoreUnavailable("no leader")))
    assert "₹300.00 is on its way back to Visa ending 4242." in text_of(cancel(client, order, "B-1"))


def test_an_order_that_is_not_a_ticket_has_nothing_to_cancel(client, order):
    assert client.get(f"/pay/{order.reference}/cancel/").url == f"/orders/{order.reference}/"


def test_nobody_pays_or_cancels_the_orders_of_others(client, order):
    client.force_login(a_held_order().customer)
    assert client.post(f"/pay/{order.reference}/", card()).status_code == 404
    assert client.post(f"/pay/{order.reference}/cancel/", {}).status_code == 404
