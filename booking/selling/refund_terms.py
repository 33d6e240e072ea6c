"""What is paid back for a seat that is given back, and until when? The terms it was sold under, and what they come to.

Terms are steps: until so many minutes before the journey or show begins, this fee is kept. The later it is, the later
the step; after the last one everything is kept. An order keeps the terms it was sold under, whatever becomes of the
policy they were taken from.

A fixed fee is of one currency. What a policy says of the currency of the sale goes before what it says of all; where it
has a fixed fee in other currencies only, the percentage beside it counts, and no fixed fee.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import Any

from moneyed import Money

from booking.models import Inventory, RefundPolicy, RefundStep
from booking.remembering import remembered

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class TermsStep:
    """Until `minutes_before` it begins, a part of each seat's price is kept and so much more, of one currency."""

    minutes_before: int
    fee_percent: Decimal
    fee_amount: Decimal

    def fee(self, price: Money) -> Money:
        """What is kept of a seat's price; never more than all of it."""
        exact = price.amount * self.fee_percent / 100 + self.fee_amount
        return Money(min(exact.quantize(_CENT, ROUND_HALF_UP), price.amount), price.currency)


@dataclass(frozen=True, slots=True)
class RefundTerms:
    """Steps from the earliest to the latest."""

    steps: tuple[TermsStep, ...]

    def fee(self, price: Money, *, begins_at: datetime, now: datetime) -> Money:
        """What is kept of a seat's price when it is given back now."""
        step = self._step_at(begins_at, now)
        return price if step is None else step.fee(price)

    def ends_at(self, *, begins_at: datetime, now: datetime) -> datetime:
        """Until when that stays so."""
        step = self._step_at(begins_at, now)
        return begins_at if step is None else begins_at - timedelta(minutes=step.minutes_before)

    def _step_at(self, begins_at: datetime, now: datetime) -> TermsStep | None:
        left = begins_at - now
        return next((step for step in self.steps if left > timedelta(minutes=step.minutes_before)), None)

    def to_json(self) -> list[list[Any]]:
        return [[step.minutes_before, str(step.fee_percent), str(step.fee_amount)] for step in self.steps]


# Where nobody has said otherwise: everything back until it begins.
FREE = RefundTerms((TermsStep(0, Decimal(0), Decimal(0)),))


def terms_from_json(steps: Sequence[Sequence[Any]]) -> RefundTerms:
    return RefundTerms(
        tuple(TermsStep(minutes, Decimal(percent), Decimal(amount)) for minutes, percent, amount in steps)
    )


def terms_of(inventory: Inventory) -> RefundTerms:
    """Under which terms seats of this inventory are sold now: its train's or show's, or those for all others."""
    if inventory.is_train:
        train = inventory.departure.train
        return _terms_of_policy(train.refund_policy_id, train.carrier.currency)
    performance = inventory.performance
    return _terms_of_policy(performance.show.refund_policy_id, performance.hall.venue.currency)


@remembered
def _terms_of_policy(policy_id: int | None, currency: str) -> RefundTerms:
    wanted = {"is_default": True} if policy_id is None else {"pk": policy_id}
    policy = RefundPolicy.objects.filter(**wanted).prefetch_related("steps").first()
    if policy is None:
        return FREE
    by_time = groupby(policy.steps.all(), key=lambda step: step.minutes_before)
    return RefundTerms(tuple(_step_in(currency, list(steps)) for _, steps in by_time))


def _step_in(currency: str, steps: Sequence[RefundStep]) -> TermsStep:
    """Of steps at one time, the one for this currency."""
    own = next((step for of in (currency, "") for step in steps if step.currency == of), None)
    if own is not None:
        return TermsStep(own.minutes_before, own.fee_percent, own.fee_amount)
    return TermsStep(steps[0].minutes_before, min(step.fee_percent for step in steps), Decimal(0))
