"""In the browser: choose another run or other seats, see the difference, and have them."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from booking import seatstore
from booking.models import Departure, Inventory, Order, OrderSeat, Performance
from booking.selling.publishing import publish_departure, publish_performance
from booking.services import hold_seats
from booking.tests.selling import a_customer, a_performance_on_sale, a_pit_on_sale, a_train_on_sale
from payments.models import Exchange, Payment
from payments.services import pay_order
from payments.tests.paying import GOOD
from payments.tests.test_exchanges import assert_all_agree

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seat_store")]


def a_ticket(client, inventory: Inventory, *seats: str, legs: tuple[int, int] = (0, 1)) -> Order:
    order = hold_seats(
        customer=a_customer(), inventory=inventory, seats=seats, first_leg=legs[0], end_leg=legs[1], request_id="h"
    )
    pay_order(order=order, method=GOOD, request_id="p")
    client.force_login(order.customer)
    return order


def another_performance(inventory: Inventory) -> Inventory:
    first = inventory.performance
    prices = list(first.prices.all())
    other = Performance.objects.create(show=first.show, hall=first.hall, starts_at=first.starts_at + timedelta(days=1))
    for price in prices:
        price.pk, price.performance = None, other
        price.save()
    return publish_performance(performance=other)


def address(order: Order, inventory: Inventory, position: int = 1) -> str:
    return f"/pay/{order.reference}/exchange/{position}/{inventory.pk}/"


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def choose(client, order: Order, inventory: Inventory, *seats: str, legs: tuple[int, int] = (0, 1), **more):
    form = {**more, "inventory": inventory.pk, "first_leg": legs[0], "end_leg": legs[1], "seats": seats}
    return client.post(address(order, inventory), {**form, "page": "6f1f8c1e-8a10-4d3a-9f52-2c7b3b7b9a11"})


def yes(client, order: Order, inventory: Inventory, offered, **more):
    """Send what the offer's form holds."""
    page = offered.content.decode()
    form = page[page.index("data-once") :]
    form = form[: form.index("</form>")]
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form)
    sent = [(name, value) for name, value in hidden if name not in more] + list(more.items())
    return client.post(
        address(order, inventory), urlencode(sent), content_type="application/x-www-form-urlencoded", follow=True
    )


CARD = {"number": "4242 4242 4242 4242", "expiry": "08/40", "cvc": "737"}


def test_from_the_booking_one_comes_to_other_performances_of_the_show_and_to_other_seats(client):
    inventory = a_performance_on_sale()
    other, elsewhere = another_performance(inventory), a_performance_on_sale()
    order = a_ticket(client, inventory, "B-1")
    assert f"/pay/{order.reference}/exchange/" in client.get(f"/orders/{order.reference}/").content.decode()
    page = client.get(f"/pay/{order.reference}/exchange/").content.decode()
    assert address(order, inventory) in page
    assert address(order, other) in page
    assert elsewhere.pk not in page


def test_a_trains_other_days_are_offered_and_its_own_seats_are_free_to_who_has_them(client):
    inventory = a_train_on_sale()
    departure = inventory.departure
    next_day = publish_departure(
        departure=Departure.objects.create(train=departure.train, date=departure.date + timedelta(days=1))
    )
    order = a_ticket(client, inventory, "C1-1", "C1-2", legs=(1, 3))
    assert address(order, next_day) in client.get(f"/pay/{order.reference}/exchange/").content.decode()
    shown = client.get(address(order, inventory))
    assert shown.context["map"].state_of["C1-1"] == "free"
    assert shown.context["most_seats"] == 2
    offered = choose(client, order, next_day, "C1-5", "C1-6", legs=(1, 3))
    assert "To pay nothing" in text_of(offered)
    assert "Your seats are exchanged." in text_of(yes(client, order, next_day, offered))
    assert_all_agree(order, "C1-5", "C1-6")


def test_a_dearer_seat_shows_what_is_to_be_paid_and_nothing_happens_before_it_is(client):
    inventory = a_performance_on_sale()
    order = a_ticket(client, inventory, "B-1")
    offered = choose(client, order, inventory, "A-2")
    assert "To pay ₹200.00" in text_of(offered)
    assert_all_agree(order, "B-1")
    page = text_of(yes(client, order, inventory, offered, **CARD))
    assert "Your seats are exchanged. You paid ₹200.00." in page
    assert_all_agree(order, "A-2")


def test_the_same_form_sent_twice_exchanges_once(client):
    inventory = a_performance_on_sale()
    order = a_ticket(client, inventory, "B-1")
    offered = choose(client, order, inventory, "A-2")
    for _ in range(2):
        assert "Your seats are exchanged." in text_of(yes(client, order, inventory, offered, **CARD))
    assert Exchange.objects.count() == 1
    assert_all_agree(order, "A-2")


def test_for_a_cheaper_seat_it_says_what_goes_back(client):
    inventory = a_performance_on_sale()
    order = a_ticket(client, inventory, "A-1")
    offered = choose(client, order, inventory, "B-2")
    assert "Paid back to you ₹200.00" in text_of(offered)
    assert "₹200.00 goes back" in text_of(yes(client, order, inventory, offered))
    assert_all_agree(order, "B-2")


def test_another_difference_than_the_one_shown_is_not_charged(client):
    inventory = a_performance_on_sale()
    order = a_ticket(client, inventory, "B-1")
    offered = choose(client, order, inventory, "A-2")
    inventory.performance.prices.filter(zone__code="A").update(amount=900)
    assert "The prices have changed" in text_of(yes(client, order, inventory, offered, **CARD))
    assert_all_agree(order, "B-1")


@pytest.mark.parametrize("number", ["4000 0000 0000 9999", "4000 0000 0000 7007"])
def test_a_card_that_does_not_pay_leaves_the_old_seats_and_another_may_be_tried(client, number):
    inventory = a_performance_on_sale()
    order = a_ticket(client, inventory, "B-1")
    offered = choose(client, order, inventory, "A-2")
    declined = yes(client, order, inventory, offered, **CARD | {"number": number})
    assert declined.status_code == 402
    assert "you have the seats that you had" in text_of(declined)
    assert_all_agree(order, "B-1")
    assert "Your seats are exchanged." in text_of(yes(client, order, inventory, declined, **CARD))
    assert_all_agree(order, "A-2")


def test_a_card_with_a_mistake_in_it_is_asked_for_again_and_not_shown(client):
    inventory = a_performance_on_sale()
    order = a_ticket(client, inventory, "B-1")
    offered = choose(client, order, inventory, "A-2")
    answer = yes(client, order, inventory, offered, **CARD | {"number": "4242 4242 4242 4243"})
    assert answer.status_code == 400
    assert "please check its digits" in text_of(answer)
    assert not re.search(r'value="[^"]*424[23]', answer.content.decode())
    assert not Exchange.objects.exists()


def test_a_bank_that_wants_a_second_step_is_gone_to_and_come_back_from(client):
    inventory = a_performance_on_sale()
    order = a_ticket(client, inventory, "B-1")
    offered = choose(client, order, inventory, "A-2")
    waits = yes(client, order, inventory, offered, **CARD | {"number": "4000 0000 0000 1000"})
    assert "you keep the seats that you have until then" in text_of(waits)
    step = Payment.objects.get(exchange__isnull=False).action_url
    done = client.post(step.removeprefix("http://testserver"), {"answer": "yes"}, follow=True)
    assert "Paid. Your seats are exchanged." in text_of(done)
    assert_all_agree(order, "A-2")


def test_who_gives_the_payment_up_keeps_the_seats_and_may_exchange_them_at_once(client):
    inventory = a_performance_on_sale()
    order = a_ticket(client, inventory, "B-1")
    offered = choose(client, order, inventory, "A-2")
    yes(client, order, inventory, offered, **CARD | {"number": "4000 0000 0000 1000"})
    assert client.get(f"/pay/{order.reference}/exchange/").url == f"/pay/{order.reference}/waiting/"
    given_up = client.post(f"/pay/{order.reference}/give-up/", follow=True)
    assert "The payment was given up. Nothing was charged." in text_of(given_up)
    assert_all_agree(order, "B-1")
    offered = choose(client, order, inventory, "B-2")
    assert "Your seats are exchanged." in text_of(yes(client, order, inventory, offered))


def test_places_to_stand_are_had_by_number_and_given_as_they_are(client):
    inventory = a_pit_on_sale()
    order = a_ticket(client, inventory, "A-1")
    offered = choose(client, order, inventory, **{"standing-PIT": "1"})
    assert "PIT-001" in text_of(offered)
    yes(client, order, inventory, offered)
    assert_all_agree(order, "PIT-001")
    shown = client.get(address(order, inventory, position=2))
    assert "Choose 1 seat for PIT-001" in text_of(shown)


def test_seats_that_somebody_else_took_lead_back_to_the_map_with_the_reason(client):
    inventory = a_performance_on_sale()
    order = a_ticket(client, inventory, "B-1")
    offered = choose(client, order, inventory, "A-2")
    hold_seats(customer=a_customer(), inventory=inventory, seats=["A-2"], first_leg=0, end_leg=1, request_id="o")
    page = text_of(yes(client, order, inventory, offered, **CARD))
    assert "No longer free: A-2." in page
    assert "Choose 1 seat for B-1" in page
    assert_all_agree(order, "B-1")


def test_more_or_fewer_seats_than_are_given_are_asked_for_again(client):
    inventory = a_performance_on_sale()
    order = a_ticket(client, inventory, "B-1")
    answer = choose(client, order, inventory, "A-2", "A-3")
    assert answer.url.startswith(address(order, inventory))
    assert not Exchange.objects.exists()


def test_without_a_leader_one_is_told_not_to_ask_again_and_the_worker_goes_on(client, monkeypatch):
    inventory = a_performance_on_sale()
    order = a_ticket(client, inventory, "B-1")
    offered = choose(client, order, inventory, "A-2")

    def away(**_):
        raise seatstore.StoreUnavailable("no leader")

    monkeypatch.setattr(seatstore, "exchange_hold", away)
    assert "takes longer than usual" in text_of(yes(client, order, inventory, offered, **CARD))
    assert OrderSeat.objects.get(order=order, cancelled_at=None).name == "B-1"


def test_nobody_exchanges_the_seats_of_others_or_for_what_is_off_sale(client):
    inventory = a_performance_on_sale()
    other = another_performance(inventory)
    order = a_ticket(client, inventory, "B-1")
    Inventory.objects.filter(pk=other.pk).update(state=Inventory.State.CLOSED)
    assert client.get(address(order, other)).url == f"/orders/{order.reference}/"
    assert client.get(address(order, inventory, position=7)).status_code == 404
    client.force_login(a_customer())
    assert client.get(f"/pay/{order.reference}/exchange/").status_code == 404
    assert choose(client, order, inventory, "A-2").status_code == 404
