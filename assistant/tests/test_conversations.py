"""Several turns: what is said once need not be said again, and what is prepared is what is then sold."""

import json
from collections.abc import Callable
from decimal import Decimal
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from assistant.context import Context
from assistant.services import Answer, answer
from booking import seatstore
from booking.models import Order

from .conftest import NOW, SHOWS, TOMORROW


@pytest.fixture
def talk(world) -> Callable[..., list[Answer]]:
    """Say one thing after the other; the context goes the way it goes when it is kept."""

    def talk(*messages: str, customer=None) -> list[Answer]:
        context, answers = Context(), []
        for message in messages:
            answers.append(answer(message=message, customer=customer, now=NOW, context=context))
            context = Context.from_json(answers[-1].context.as_json())
        return answers

    return talk


def test_a_journey_is_put_together_turn_by_turn(talk):
    asked, _, told = talk("train to Delhi", "from Surat", "tomorrow")
    assert asked.text.startswith("From where do you want to go to Delhi")
    assert "12951 Mumbai Rajdhani Express: Surat Sun 22 Nov 21:00 IST" in told.text
    back = talk("trains from Surat to Mumbai tomorrow", "and back?")[1]
    assert back.slots["origin"] == "Mumbai"
    assert "Borivali Sun 22 Nov 19:00 IST" in back.text or "17:00 IST" in back.text


def test_a_question_about_trains_after_one_about_shows_is_about_trains(talk):
    assert talk("what is on", "and trains to delhi?")[1].intent == "trains"


def test_hours_and_the_second_one_narrow_what_was_told(talk):
    every, early, second = talk("trains from Mumbai to Delhi tomorrow", "before 17:15", "how much is 12953")
    assert "12953" in every.text
    assert "12951" in early.text
    assert "12953" not in early.text
    assert second.intent == "fares"
    assert "AC 2 Tier: ₹" in second.text
    chosen = talk("trains from Mumbai to Delhi tomorrow", "what does the second one cost")[1]
    assert chosen.text.startswith("12953 August Kranti Rajdhani")


def test_a_show_goes_on_being_meant(talk):
    _, price, length, total = talk(
        "when is the clockmakers daughter", "how much is it", "how long is it", "price for 3"
    )
    assert "Stalls: ₹750.00" in price.text
    assert "It takes 120 minutes." in length.text
    assert "₹2,250.00 for 3" in total.text


def test_an_aside_does_not_make_forget_and_another_subject_does(talk):
    back = talk("trains from Mumbai to Delhi", "thanks", "tomorrow")[2]
    assert "12951" in back.text
    other = talk("when is the clockmakers daughter", "trains from Surat to Kota tomorrow", "how much is it")[2]
    assert "12951" in other.text
    assert "Clockmaker" not in other.text


def test_fares_of_a_party_are_each_fares_sum(talk, departures):
    departures["12951", TOMORROW].train.carrier.passenger_types.create(code="child", name="Child", percent_off=50)
    found = talk("what would 2 adults and 1 child pay on 12951 from Surat to Kota tomorrow")[0]
    assert "AC 2 Tier: ₹500.00 for one adult, ₹1,250.00 for 2 × adult and 1 × child" in found.text


def test_what_is_prepared_is_what_the_shop_then_sells(in_store, talk, asha):
    said = talk("book 2 seats from Mumbai to Delhi", "tomorrow", "12951", "AC 2 Tier", customer=asha)
    assert [turn.intent for turn in said] == ["book"] * 4
    prepared = said[-1]
    assert "Together: ₹2,200.00." in prepared.text
    assert "Nothing is held or paid yet." in prepared.text
    assert not Order.objects.exists()
    action = prepared.actions[0]
    assert prepared.suggestions[0].url.endswith(f"/MMCT/NDLS/?seats={','.join(action.body['seats'])}")
    client = APIClient()
    client.force_authenticate(asha)
    sent = client.post(action.path, action.body, format="json", headers={"Idempotency-Key": uuid4().hex})
    assert sent.status_code == 201, sent.content
    assert sorted(sent.json()["seats"]) == sorted(action.body["seats"])
    assert Decimal(sent.json()["total"]["amount"]) == 2200


def test_seats_that_are_gone_are_not_prepared_but_others_offered(in_store, talk, performances):
    inventory = performances[SHOWS[1]][0].inventory
    hold_id = str(uuid4())
    seatstore.hold_seats(
        inventory=inventory.pk, hold_id=hold_id, seats=["A-5"], first_leg=0, end_leg=1, ttl_s=600, request_id=hold_id
    )
    told = talk("book A-5 and A-6 for monsoon wedding songs")[0]
    assert "A-5 is not free." in told.text
    assert "Free and close to it" in told.text
    assert not told.actions


def test_a_context_is_small_and_whatever_else_is_none(talk):
    long = ", ".join(f"B1-{n}" for n in range(1, 90))
    kept = talk("is " + long[:400] + " free on 12951 tomorrow from Mumbai to Delhi")[0].context.as_json()
    assert len(json.dumps(kept)) <= 4096
    endless = {"intent": "book", "asked": "", "offered": [], "said": {"near": "x" * 5000}}
    for junk in (
        endless,
        None,
        [],
        {"intent": "nonsense"},
        {"intent": "book", "asked": 3, "offered": [], "said": {}},
        "x",
    ):
        assert Context.from_json(junk) == Context()
    odd = {"intent": "book", "asked": "", "offered": ["trip:x:y:z"], "said": {"trains": ["a"], "day": ["days", "x"]}}
    assert answer(message="the first one", customer=None, now=NOW, context=Context.from_json(odd)).text
