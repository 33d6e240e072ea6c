"""What the assistant says of the caller's own money, beside what the shop's services say."""

from datetime import timedelta

import pytest

from assistant.context import Context
from assistant.services import Answer, answer
from booking.models import Order, OrderSeat, RefundOffer, RefundPolicy, RefundStep
from booking.selling.refund_terms import terms_of
from booking.services import offer_refund
from booking.templatetags.booking_format import money
from booking.tests.selling import a_written_order
from payments.models import Payment, Refund

from .conftest import NOW, TOMORROW


@pytest.fixture
def policy(db) -> RefundPolicy:
    """A quarter is kept until two days before, half until it begins."""
    policy = RefundPolicy.objects.create(name="Strict", is_default=True)
    RefundStep.objects.create(policy=policy, minutes_before=2 * 24 * 60, fee_percent=25)
    RefundStep.objects.create(policy=policy, minutes_before=0, fee_percent=50)
    return policy


@pytest.fixture
def hers(policy, asha, departures) -> Order:
    """Asha's two seats on tomorrow's 12951, which leaves in less than two days."""
    order = a_written_order(asha, departures["12951", TOMORROW].inventory, "B1-14", "B1-15")
    order.parts.update(terms=terms_of(departures["12951", TOMORROW].inventory).to_json())
    return Order.objects.get(pk=order.pk)


def in_turns(*messages: str, customer=None) -> list[Answer]:
    context, answers = Context(), []
    for message in messages:
        answers.append(answer(message=message, customer=customer, now=NOW, context=context))
        context = Context.from_json(answers[-1].context.as_json())
    return answers


def test_what_comes_back_is_what_the_shop_would_offer(world, hers, asha):
    found = answer(message="how much do I get back if I cancel?", customer=asha, now=NOW)
    assert not RefundOffer.objects.exists(), "asking writes nothing"
    offer = offer_refund(order=hers, seats=(), now=NOW)
    assert f"{money(offer.price)} is paid back" in found.text
    assert f"{money(offer.kept)} is kept" in found.text
    assert offer.price == offer.kept, "half of it, so close to the journey"
    assert "Until 2 days before it begins: 25 % kept" in found.text
    assert found.suggestions[0].url == f"/pay/{hers.reference}/cancel/"
    assert [action.path for action in found.actions] == [
        f"/api/v1/orders/{hers.pk}/refund-offers/",
        f"/api/v1/orders/{hers.pk}/cancel/",
    ]


def test_one_seat_of_several_is_priced_alone(world, hers, asha):
    found = answer(message="cancel seat B1-14", customer=asha, now=NOW)
    assert f"{money(offer_refund(order=hers, seats=['B1-14'], now=NOW).price)} is paid back" in found.text
    assert found.actions[0].body == {"seats": ["B1-14"]}


def test_yes_cancels_nothing_but_says_where_to(world, hers, asha):
    said = in_turns("cancel my booking", "yes, do it", customer=asha)
    assert said[1].intent == "confirm"
    assert said[1].text.startswith("I change nothing myself")
    assert said[1].suggestions[0].url == f"/pay/{hers.reference}/cancel/"
    hers.refresh_from_db()
    assert hers.status == Order.Status.CONFIRMED


def test_of_several_bookings_it_is_asked_which_and_each_is_priced(world, hers, asha, departures):
    other = a_written_order(asha, departures["12953", TOMORROW].inventory, "A1-1", request_id="s")
    asked, told = in_turns("cancel my booking", f"cancel booking {other.reference}", customer=asha)
    assert hers.reference in asked.text
    assert other.reference in asked.text
    assert told.suggestions[0].url == f"/pay/{other.reference}/cancel/"
    other.parts.update(position=2)
    assert "IST, A1-1): " in in_turns("cancel my booking", customer=asha)[0].text, "a seat is told by its name"
    second = in_turns("cancel my booking", "the second one", customer=asha)[1]
    assert hers.reference in second.text, "the newest is told first"


@pytest.mark.parametrize(
    "message", ["cancel {}", "how much back for {}", "exchange {}", "show booking {}", "is {} paid"]
)
def test_anothers_booking_is_answered_as_one_that_does_not_exist(world, hers, ravi, message):
    theirs = answer(message=message.format(hers.reference), customer=ravi, now=NOW)
    nobodys = answer(message=message.format("ZZZZ9999"), customer=ravi, now=NOW)
    assert theirs.text == nobodys.text
    assert "B1-14" not in theirs.text


@pytest.mark.parametrize(
    ("price", "told"),
    [(900, "You would pay ₹300.00 more."), (600, "₹300.00 would be paid back."), (750, "It costs nothing more.")],
)
def test_an_exchange_is_priced_as_the_shop_would_do_it_and_changes_nothing(
    world, in_store, asha, performances, price, told
):
    sunday, friday = performances["The Clockmaker's Daughter"][1:]
    friday.prices.update(amount=price)
    order = a_written_order(asha, sunday.inventory, "A-1", "A-2", price=750)
    OrderSeat.objects.update(zone="STALLS")
    said = in_turns("can i change my booking to another day", "friday", "yes please", customer=asha)
    assert said[0].text.startswith(
        f"To which day, or for which other seats, would you exchange booking {order.reference}"
    )
    assert told in said[1].text
    assert "Fri 27 Nov 19:30 IST" in said[1].text
    exchange = said[1].actions[1]
    assert (exchange.path, exchange.body["inventory"]) == (f"/api/v1/orders/{order.pk}/exchanges/", friday.inventory.pk)
    assert said[2].text.startswith("I change nothing myself")
    assert {seat.name for seat in order.seats.all()} == {"A-1", "A-2"}


def test_the_day_of_a_booking_is_no_other_day_to_exchange_it_for(world, hers, asha):
    said = in_turns("i want to change my train to sunday", customer=asha)[0].text
    assert said.startswith("That is when your booking is for already. To which day")


def test_what_a_carrier_has_no_fare_for_is_said(world):
    said = answer(message="fare for 1 child on 12951 tomorrow mumbai to delhi", customer=None, now=NOW).text
    assert said.startswith("There is no passenger type 'child' here")


def test_nobody_is_told_of_codes_that_make_it_cheaper(world):
    said = answer(message="do you have a promo code", customer=None, now=NOW).text
    assert said.startswith("There are no vouchers, gift cards or promotion codes here")


def test_a_journey_that_has_begun_is_not_priced(world, hers, asha):
    late = NOW + timedelta(days=2)
    assert "already left" in answer(message="cancel my booking", customer=asha, now=late).text


def test_refunds_and_payments_are_told_as_the_books_have_them(world, hers, asha, ravi):
    payment = Payment.objects.create(
        order=hers, request_id="one", status=Payment.Status.CAPTURED, amount=10, currency="INR", gateway="sandbox",
        card_brand="Visa", card_last4="4242",
    )  # fmt: skip
    Payment.objects.create(
        order=hers, request_id="two", status=Payment.Status.FAILED, amount=10, currency="INR", gateway="sandbox",
        failure="Insufficient funds",
    )  # fmt: skip
    Refund.objects.create(payment=payment, request_id="back", amount=4, currency="INR", status=Refund.Status.IN_TRANSIT)
    where = answer(message="where is my refund?", customer=asha, now=NOW)
    assert f"{hers.reference}: ₹4.00 for {hers.reference} is on its way to Visa ending 4242" in where.text
    problem = answer(message="my card was declined", customer=asha, now=NOW)
    assert "Refused (Insufficient funds). Nothing was taken." in problem.text
    for message in ("where is my refund?", "my card was declined", "did my payment go through"):
        assert hers.reference not in answer(message=message, customer=ravi, now=NOW).text


def test_a_hold_is_told_with_its_end_and_its_price_to_its_holder_alone(world, hers, asha, ravi):
    Order.objects.filter(pk=hers.pk).update(
        status=Order.Status.AWAITING_PAYMENT, held_until=NOW + timedelta(minutes=7), confirmed_at=None
    )
    found = answer(message="who holds my seats and until when?", customer=asha, now=NOW)
    assert "as asha@example.com" in found.text
    assert "18:07 IST (7 minutes left)" in found.text
    assert f"To pay: {money(hers.price)}." in found.text
    assert "18:07" not in answer(message="until when is my hold?", customer=ravi, now=NOW).text
