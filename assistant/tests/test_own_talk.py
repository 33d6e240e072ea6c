"""What is asked of one's own booking is answered from it: one fact, one part, one day; and never from another's."""

from datetime import timedelta

import pytest

from assistant.context import Context
from assistant.services import Answer, answer
from booking.models import Order, OrderSeat, RefundPolicy, RefundStep
from booking.selling.refund_terms import terms_of
from booking.services import price_refund
from booking.templatetags.booking_format import money
from booking.tests.selling import a_written_order
from payments.models import Payment, Refund

from .conftest import NOW, SHOWS, TOMORROW


@pytest.fixture
def hers(world, asha, departures) -> Order:
    """Two berths on tomorrow's 12951, for Asha and a child called Tara; half is kept until it leaves."""
    policy = RefundPolicy.objects.create(name="Half", is_default=True)
    RefundStep.objects.create(policy=policy, minutes_before=0, fee_percent=50)
    inventory = departures["12951", TOMORROW].inventory
    departures["12951", TOMORROW].train.carrier.passenger_types.create(code="child", name="Child", percent_off=50)
    order = a_written_order(asha, inventory, "B1-14", "B1-15")
    order.parts.update(terms=terms_of(inventory).to_json())
    OrderSeat.objects.filter(order=order, name="B1-14").update(passenger_name="Asha Rao")
    OrderSeat.objects.filter(order=order, name="B1-15").update(
        passenger_name="Tara Rao", passenger_type="child", amount=40
    )
    return Order.objects.get(pk=order.pk)


def in_turns(*messages: str, customer) -> list[Answer]:
    context, answers = Context(), []
    for message in messages:
        answers.append(answer(message=message, customer=customer, now=NOW, context=context))
        context = Context.from_json(answers[-1].context.as_json())
    return answers


@pytest.mark.parametrize(
    ("question", "fact", "left_out"),
    [
        ("when does it leave", "leaves Mumbai Central (MMCT) Sun 22 Nov 17:00 IST", "B1-14"),
        ("and it gets in when", "reaches Borivali (BVI) Sun 22 Nov 18:55 IST", "B1-14"),
        ("how much was the kid one", "B1-15 (Tara Rao), AC 2 Tier, Child: ₹40.00", "B1-14"),
        ("which coach are we in", "B1-14, B1-15", "₹"),
        ("did i get a discount", "B1-15: Child, 50 % off, ₹40.00", "17:00"),
        ("are they side by side", "Not all are side by side: B1-14; B1-15", "₹"),
    ],
)
def test_what_is_asked_after_a_booking_was_told_is_answered_from_it_alone(hers, asha, question, fact, left_out):
    said = in_turns("hey what have i booked", question, customer=asha)[1].text
    assert fact in said
    assert left_out not in said


def test_a_passenger_of_ones_own_is_no_other_customer(hers, asha, ravi):
    assert "B1-15" in in_turns("what seat is tara on", customer=asha)[0].text
    assert "B1-15" not in in_turns("what seat is tara on", customer=ravi)[0].text


def test_what_was_refused_as_anothers_is_not_prepared_for_ones_own(hers, asha, ravi, departures):
    his = a_written_order(ravi, departures["12953", TOMORROW].inventory, "A1-1", request_id="his")
    said = in_turns(
        f"my friend booked {his.reference}, which seats does she have", "ok then cancel it for her", customer=asha
    )[1]
    assert said.intent == "other_people"
    assert not said.actions


def test_a_part_of_a_booking_is_priced_as_the_shop_would_pay_it_back(hers, asha):
    def back(*labels: str) -> str:
        return f"{money(price_refund(order=hers, seats=labels, now=NOW).back)} is paid back"

    by_name, every = in_turns("how much back if i cancel just tara", "no wait all of them", customer=asha)
    assert back("B1-15") in by_name.text
    assert by_name.actions[1].body == {"seats": ["B1-15"]}
    assert back() in every.text
    one = in_turns("can i return one seat", customer=asha)[0]
    assert "B1-14: " in one.text
    assert "B1-15: ₹20.00 back" in one.text
    assert not one.actions, "which one is not said yet"


def test_what_would_come_back_later_is_priced_then_and_nothing_after_it_began(hers, asha):
    early, late = in_turns("cancel my booking", "what if i do that tomorrow at 6pm and wait till then", customer=asha)
    assert early.actions
    assert "has begun by then" in late.text
    assert not late.actions


def test_no_after_what_was_prepared_prepares_nothing_again(hers, asha):
    said = in_turns("cancel my booking", "no stop dont cancel", customer=asha)[1]
    assert said.intent == "decline"
    assert not said.actions


def test_a_refund_that_failed_is_never_called_paid(hers, asha):
    paid = Payment.objects.create(
        order=hers, request_id="one", status=Payment.Status.CAPTURED, amount=10, currency="INR", gateway="sandbox",
        card_brand="Visa", card_last4="8005",
    )  # fmt: skip
    Refund.objects.create(
        payment=paid, request_id="b", amount=4, currency="INR", status=Refund.Status.FAILED, seats=["B1-14"]
    )
    for question in ("where is my refund", "was i charged twice", "how much was returned already"):
        said = in_turns(question, customer=asha)[0].text
        assert "₹4.00 for B1-14 could not be paid back to Visa ending 8005 yet" in said
    assert "No: of these bookings each was paid once" in in_turns("was i charged twice", customer=asha)[0].text
    assert (
        "₹10.00 here in total, and ₹0.00 came back" in in_turns("how much did i spend in total", customer=asha)[0].text
    )


def test_names_are_said_to_be_open_only_until_it_is_paid(hers, asha):
    assert "its names stay" in in_turns("change tara to sara on the ticket", customer=asha)[0].text
    Order.objects.filter(pk=hers.pk).update(
        status=Order.Status.AWAITING_PAYMENT, confirmed_at=None, held_until=NOW + timedelta(minutes=5)
    )
    assert "names can still be given" in in_turns("can i put names on the seats", customer=asha)[0].text
    assert "A hold cannot be made longer" in in_turns("give me ten more minutes", customer=asha)[0].text


def test_days_of_an_exchange_are_counted_from_the_booking_and_the_same_seats_are_kept(in_store, asha, performances):
    sunday = performances[SHOWS[0]][1]
    order = a_written_order(asha, sunday.inventory, "A-1", "A-2", price=750)
    OrderSeat.objects.update(zone="STALLS")
    said = in_turns("can we go five days later instead", "will it cost more", customer=asha)
    for turn in said:
        assert "for The Clockmaker's Daughter, Fri 27 Nov 19:30 IST: A-1 and A-2" in turn.text
        assert turn.actions[1].path == f"/api/v1/orders/{order.pk}/exchanges/"


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("did i get my money for what i cancelled", "refund_status"),
        ("how did i pay for the train", "my_bookings"),
        ("if i give up the train how much do i get", "cancel"),
        ("can i put it in my phone calendar", "tickets"),
        ("my kid cant come, can i give back just her ticket", "cancel"),
    ],
)
def test_what_has_happened_with_money_and_what_is_given_up_are_told_apart(hers, asha, question, intent):
    assert in_turns(question, customer=asha)[0].intent == intent


def test_only_that_one_stays_with_the_child_who_was_spoken_of(hers, asha):
    for turn in in_turns("my kid cant come, can i give back just her ticket", "yes only that one", customer=asha):
        assert turn.actions[1].body == {"seats": ["B1-15"]}
