"""What tests of payments share: cards, crashes at a chosen place, and what must be true whatever happened."""

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from booking import seatstore
from booking.models import Order
from payments.cards import Card
from payments.models import Payment, SandboxCharge
from payments.services import settle_unfinished
from payments.services.settling import GRACE

GOOD = Card("4242 4242 4242 4242", 12, timezone.now().year + 2, "123")
DECLINED = Card("4000 0000 0000 9999", 12, timezone.now().year + 2, "123")


class Crash(BaseException):
    """The process dies here; nothing in it goes on, whatever it makes of errors."""


def crashing_before(ask: Callable[..., Any], error: BaseException | None = None) -> Callable[..., Any]:
    def asked(*args: Any, **kwargs: Any) -> Any:
        raise error or Crash

    return asked


def crashing_after(ask: Callable[..., Any], error: BaseException | None = None) -> Callable[..., Any]:
    def asked(*args: Any, **kwargs: Any) -> Any:
        ask(*args, **kwargs)
        raise error or Crash

    return asked


def settle() -> int:
    """The worker's round, when what was left is old enough to be nobody's."""
    return settle_unfinished(now=timezone.now() + GRACE + timedelta(seconds=1), limit=100)


def assert_ticket_or_money_back(order: Order) -> None:
    """Exactly one of the two holds, in our rows, at the gateway and in the store; and nothing is left to be done."""
    order.refresh_from_db()
    hold = seatstore.hold(str(order.parts.get().hold_id))
    taken = [charge for charge in SandboxCharge.objects.all() if charge.status == SandboxCharge.Status.CAPTURED]
    reserved = [charge for charge in SandboxCharge.objects.all() if charge.status == SandboxCharge.Status.AUTHORISED]
    captured = Payment.objects.filter(order=order, status=Payment.Status.CAPTURED).count()
    assert not reserved, "money is still reserved"
    assert not Payment.objects.filter(status__in=(Payment.Status.CREATED, Payment.Status.AUTHORISED)).exists()
    if order.status == Order.Status.CONFIRMED:
        assert (len(taken), captured) == (1, 1), "a ticket without its money"
        assert hold.state == "confirmed", "a ticket without its seat"
    else:
        assert (len(taken), captured) == (0, 0), "money without a ticket"
        assert hold is None or hold.state != "confirmed", "a seat sold to nobody"


def everything_in_the_database() -> str:
    """As the database itself would write it down."""
    if connection.vendor != "sqlite":
        pytest.skip("reads SQLite's own dump")
    with sqlite3.connect(connection.settings_dict["NAME"]) as database:
        return "\n".join(database.iterdump())
