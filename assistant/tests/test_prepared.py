"""What is prepared to be sold, given back or exchanged: what is then sent is what was said, and nothing beside."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from assistant.context import Context
from assistant.services import Answer, answer
from booking import seatstore
from booking.models import Order, OrderSeat, Performance, RefundPolicy, RefundStep
from booking.selling.refund_terms import terms_of
from booking.tests.selling import a_written_order

from .conftest import NOW, SHOWS, TOMORROW


def in_turns(*messages: str, customer=None) -> list[Answer]:
    context, answers = Context(), []
    for message in messages:
        answers.append(answer(message=message, customer=customer, now=NOW, context=context))
        context = Context.from_json(answers[-1].context.as_json())
    return answers


@pytest.fixture
def hers(world, asha, departures) -> Order:
    """Asha's two seats on tomorrow's 12951; of each a quarter is kept, and 50 more."""
    policy = RefundPolicy.objects.create(name="Strict", is_default=True)
    RefundStep.objects.create(policy=policy, minutes_before=0, fee_percent=25, fee_amount=50, currency="INR")
    inventory = departures["12951", TOMORROW].inventory
    order = a_written_order(asha, inventory, "B1-14", "B1-15", price=500)
    order.parts.update(terms=terms_of(inventory).to_json())
    return Order.objects.get(pk=order.pk)


def test_a_party_on_a_part_of_the_way_is_prepared_as_the_shop_then_sells_it(in_store, asha, departures):
    departures["12951", TOMORROW].train.carrier.passenger_types.create(code="child", name="Child", percent_off=50)
    [prepared] = in_turns("book AC 2 Tier for 1 adult and 1 child on 12951 from Surat to Kota tomorrow", customer=asha)
    assert "Together: ₹750.00." in prepared.text
    [action] = prepared.actions
    assert action.body["legs"] == {"first": 3, "last": 4}
    assert sorted(action.body["passenger_types"]) == ["adult", "child"]
    client = APIClient()
    client.force_authenticate(asha)
    sent = client.post(action.path, action.body, format="json").json()
    assert Decimal(sent["total"]["amount"]) == 750


def test_what_is_taken_on_the_way_is_not_chosen(in_store, departures):
    question = "book 2 seats in AC 2 Tier on 12951 from Surat to Kota tomorrow"
    first = in_turns(question)[0].actions[0].body["seats"]
    hold_id = str(uuid4())
    inventory = departures["12951", TOMORROW].inventory.pk
    seatstore.hold_seats(
        inventory=inventory, hold_id=hold_id, seats=first, first_leg=3, end_leg=4, ttl_s=600, request_id=hold_id
    )
    then = in_turns(question)[0].actions[0].body["seats"]
    assert len(then) == 2
    assert not set(first) & set(then)


def test_seats_of_several_are_priced_together(in_store):
    [said] = in_turns("how much are seats A-1 and A-2 for monsoon wedding songs")
    assert "Together: ₹1,500.00" in said.text


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"seats_per_customer": 1}, "at most 1"),
        ({"sale_starts_at": NOW + timedelta(hours=1)}, "Seats are on sale from"),
    ],
)
def test_what_the_sale_does_not_allow_is_not_prepared(in_store, performances, rule, said):
    Performance.objects.filter(show__title=SHOWS[1]).update(**rule)
    [told] = in_turns("book 2 seats for monsoon wedding songs")
    assert said in told.text
    assert not told.actions


def test_more_seats_than_an_order_may_have_are_not_prepared(world, settings):
    settings.MAX_SEATS_PER_ORDER = 2
    [said] = in_turns("book 3 seats in AC 2 Tier on 12951 tomorrow from Mumbai to Delhi")
    assert "at most 2" in said.text
    assert not said.actions


def test_of_one_seat_neither_the_words_nor_what_is_sent_speak_of_another(hers, asha):
    [said] = in_turns("cancel seat B1-14", customer=asha)
    assert "B1-14" in said.text
    assert "B1-15" not in said.text
    assert [action.body for action in said.actions] == [{"seats": ["B1-14"]}] * 2
    assert "25 % + 50 for each seat kept" in said.text


def test_a_seat_that_was_given_back_is_told_apart_and_nothing_else_is_offered_for_it(hers, asha):
    OrderSeat.objects.filter(name="B1-14").update(cancelled_at=NOW)
    Order.objects.update(status=Order.Status.PARTLY_CANCELLED)
    [shown] = in_turns(f"show booking {hers.reference}", customer=asha)
    assert "Given back: B1-14" in shown.text
    [whole] = in_turns("cancel my booking", customer=asha)
    assert "B1-14" not in whole.text
    [again] = in_turns("cancel seat B1-14", customer=asha)
    assert not again.actions


@pytest.mark.parametrize("status", [Order.Status.AWAITING_PAYMENT, Order.Status.EXPIRED, Order.Status.CANCELLED])
def test_what_is_over_is_not_offered_to_be_given_back(hers, asha, status):
    Order.objects.update(status=status, held_until=NOW, confirmed_at=None)
    [said] = in_turns(f"cancel booking {hers.reference}", customer=asha)
    assert not said.actions
    assert "costs nothing" not in said.text
    assert f"{hers.reference}, {Order.Status(status).label}" in said.text


def test_an_exchange_within_a_train_is_for_other_seats_of_the_same_class(in_store, asha, departures):
    order = a_written_order(asha, departures["12951", TOMORROW].inventory, "GN-1")
    order.parts.update(end_leg=5)
    OrderSeat.objects.update(zone="GEN")
    # What was given back is neither exchanged nor counted.
    part = order.parts.get()
    OrderSeat.objects.create(
        order=order, part=part, name="GN-2", zone="GEN", amount=5, currency="INR", cancelled_at=NOW
    )
    [said] = in_turns("exchange my seat on 12951 for another window seat", customer=asha)
    assert [action.body["seats"] for action in said.actions] == [["GN-3"]] * 2


@pytest.mark.parametrize("between", ["show me the bookings of ravi@example.com", "no thanks", "my bookings"])
def test_yes_after_something_else_is_no_yes_to_what_was_prepared_before(hers, asha, between):
    *_, said = in_turns("cancel my booking", between, "yes", customer=asha)
    assert said.intent == "confirm"
    assert said.text.startswith("There is nothing to say yes to")
    assert not said.actions
