"""What is paid back, and until when, follows from the terms that a seat was sold under."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st
from moneyed import Money

from booking.models import Departure, RefundPolicy, RefundStep
from booking.selling.refund_terms import FREE, RefundTerms, TermsStep, terms_from_json, terms_of
from booking.tests.selling import a_performance_on_sale, a_train_on_sale

BEGINS = datetime(2030, 5, 4, 18, tzinfo=UTC)
PRICE = Money("333.33", "INR")

# Free until a day before, then 25 % and 10 more, then half of it until an hour before, then nothing is paid back.
TERMS = RefundTerms(
    (
        TermsStep(1440, Decimal(0), Decimal(0)),
        TermsStep(240, Decimal(25), Decimal(10)),
        TermsStep(60, Decimal(50), Decimal(0)),
    )
)


@pytest.mark.parametrize(
    ("minutes_before", "fee"),
    [
        (1441, "0"),
        (1440, "93.33"),
        (241, "93.33"),
        (240, "166.67"),
        (61, "166.67"),
        (60, "333.33"),
        (-5, "333.33"),
    ],
)
def test_the_fee_is_that_of_the_step_whose_time_is_not_over(minutes_before, fee):
    now = BEGINS - timedelta(minutes=minutes_before)
    assert TERMS.fee(PRICE, begins_at=BEGINS, now=now) == Money(fee, "INR")


def test_what_is_promised_stays_so_until_the_step_ends():
    now = BEGINS - timedelta(minutes=300)
    assert TERMS.ends_at(begins_at=BEGINS, now=now) == BEGINS - timedelta(minutes=240)
    assert TERMS.ends_at(begins_at=BEGINS, now=BEGINS - timedelta(minutes=5)) == BEGINS


steps = st.lists(
    st.builds(
        TermsStep,
        st.integers(0, 10_000),
        st.decimals(0, 100, places=2, allow_nan=False),
        st.decimals(0, 1000, places=2, allow_nan=False),
    ),
    unique_by=lambda step: step.minutes_before,
    max_size=5,
)


@given(steps, st.decimals(Decimal("0.01"), 10_000, places=2), st.integers(-1000, 20_000))
def test_a_fee_is_never_less_than_nothing_nor_more_than_the_price(steps, amount, minutes_before):
    terms = RefundTerms(tuple(sorted(steps, key=lambda step: -step.minutes_before)))
    price = Money(amount, "EUR")
    fee = terms.fee(price, begins_at=BEGINS, now=BEGINS - timedelta(minutes=minutes_before))
    assert Money(0, "EUR") <= fee <= price
    assert terms_from_json(terms.to_json()) == terms


# --- Which terms apply ----------------------------------------------------------------------------


def a_policy(name: str, *, fee: int, is_default: bool = False) -> RefundPolicy:
    policy = RefundPolicy.objects.create(name=name, is_default=is_default)
    RefundStep.objects.create(policy=policy, minutes_before=60, fee_percent=fee)
    return policy


@pytest.mark.django_db
@pytest.mark.usefixtures("seat_store")
def test_a_train_and_a_show_have_policies_of_their_own_or_the_default_one(settings):
    settings.SALE_FACTS_FRESH_S = 0
    train, show = a_train_on_sale(), a_performance_on_sale()
    assert (terms_of(train), terms_of(show)) == (FREE, FREE)
    a_policy("Everybody's", fee=10, is_default=True)
    assert [terms_of(of).steps[0].fee_percent for of in (train, show)] == [10, 10]
    own = Departure.objects.get(inventory=train).train
    own.refund_policy = a_policy("Trains'", fee=20)
    own.save()
    train.departure.train.refresh_from_db()
    assert [terms_of(of).steps[0].fee_percent for of in (train, show)] == [20, 10]


@pytest.mark.django_db
def test_only_one_policy_is_the_default():
    a_policy("First", fee=10, is_default=True)
    with pytest.raises(IntegrityError):
        a_policy("Second", fee=20, is_default=True)


@pytest.mark.django_db
@pytest.mark.usefixtures("seat_store")
def test_a_fixed_fee_is_kept_in_its_own_currency_only(settings):
    settings.SALE_FACTS_FRESH_S = 0
    train = a_train_on_sale()
    carrier = train.departure.train.carrier
    policy = RefundPolicy.objects.create(name="Everybody's", is_default=True)
    add = partial(RefundStep.objects.create, policy=policy)
    add(minutes_before=60, fee_percent=10, fee_amount=50, currency="INR")

    def fee(currency: str) -> Decimal:
        carrier.currency = currency
        return terms_of(train).fee(Money(100, currency), begins_at=BEGINS, now=BEGINS - timedelta(days=1)).amount

    assert [fee("INR"), fee("EUR")] == [60, 10]
    add(minutes_before=60, fee_percent=20)
    assert [fee("INR"), fee("EUR")] == [60, 20]
    add(minutes_before=60, fee_percent=0, fee_amount=2, currency="EUR")
    assert [fee("INR"), fee("EUR"), fee("CHF")] == [60, 2, 20]
    with pytest.raises(ValidationError, match="in which currency"):
        RefundStep(policy=policy, minutes_before=5, fee_amount=3).full_clean()
