"""Seats are exchanged in one step: nobody is without a seat in between, pays twice, or for what was not to be had."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from booking import seatstore
from booking.errors import DepartureGone, InventoryNotOnSale, OrderNotCancellable, RequestConflict, UnknownSeats
from booking.models import Inventory, Order, OrderPart, OrderSeat, Ticket
from booking.services import hold_seats
from booking.tests.queueing import a_room
from booking.tests.selling import a_customer, a_held_order, a_performance_on_sale, a_train_on_sale
from booking.waiting_room.visitors import NotYourTurn, visitor_ids
from payments import ledger
from payments.errors import CardDeclined
from payments.exchange_terms import ExchangeRefused, ExchangeWanted, PaymentNeeded
from payments.gateways import GatewayUnavailable
from payments.gateways.sandbox import SandboxGateway
from payments.models import Exchange, Payment, Refund, SandboxCharge
from payments.services import cancel_order, exchange_seats, exchanging, pay_order
from payments.tests.paying import DECLINED, GOOD, Crash, crashing_after, crashing_before, settle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

E = Exchange.Status
CHEAP, DEAR = ("B-2",), ("A-2",)


def a_ticket(seat: str, inventory: Inventory | None = None) -> Order:
    """A costs 500, B 300."""
    order = hold_seats(
        customer=a_customer(),
        inventory=inventory or a_performance_on_sale(),
        seats=[seat],
        first_leg=0,
        end_leg=1,
        request_id="h",
    )
    pay_order(order=order, method=GOOD, request_id="p")
    return order


def wanted(order: Order, seats: tuple[str, ...], inventory: Inventory | None = None, legs: tuple[int, int] = (0, 1)):
    left = OrderPart.objects.filter(order=order, seats__cancelled_at=None).distinct()
    part = left.select_related("inventory").order_by("position").last()
    return ExchangeWanted(part, inventory or part.inventory, seats, *legs)


def exchange(order: Order, seats: tuple[str, ...], **more) -> Exchange:
    given = {"method": GOOD, "request_id": "x", **more}
    what = wanted(order, seats, given.pop("inventory", None), given.pop("legs", (0, 1)))
    return exchange_seats(order=Order.objects.get(pk=order.pk), wanted=what, **given)


def kept() -> int:
    """What the gateway has of the customer's."""
    charges = SandboxCharge.objects.filter(status="captured")
    return sum(charge.amount - sum(refund.amount for refund in charge.refunds.all()) for charge in charges)


def tickets(order: Order) -> list[str]:
    return sorted(Ticket.objects.filter(order=order, voided_at=None).values_list("seat_name", flat=True))


def assert_all_agree(order: Order, *seats: str) -> None:
    live = OrderSeat.objects.filter(order=order, cancelled_at=None)
    sold = {
        name for part in OrderPart.objects.filter(order=order).select_related("inventory") for name in _sold_to(part)
    }
    assert sorted(live.values_list("name", flat=True)) == sorted(sold) == sorted(seats) == tickets(order)
    assert kept() == sum(seat.amount for seat in live)
    assert not SandboxCharge.objects.filter(status="authorised").exists()
    assert not list(ledger.check_ledger())


def _sold_to(part) -> tuple[str, ...]:
    hold = seatstore.hold(part.hold_id, cluster=part.inventory.cluster)
    return hold.seats if hold is not None and hold.state == "confirmed" else ()


def test_a_dearer_seat_costs_the_difference():
    order = a_ticket("B-1")
    assert exchange(order, DEAR).status == E.DONE
    assert kept() == 500
    assert_all_agree(order, "A-2")


def test_for_a_cheaper_seat_the_difference_goes_back():
    order = a_ticket("A-1")
    assert exchange(order, CHEAP, method=None).status == E.DONE
    assert Refund.objects.get().amount == 200
    assert_all_agree(order, "B-2")


def test_a_seat_at_the_same_price_costs_nothing():
    order = a_ticket("A-1")
    exchange(order, DEAR, method=None)
    assert Payment.objects.count() == 1
    assert_all_agree(order, "A-2")


def test_another_run_is_taken_in_the_same_step():
    order, train = a_ticket("A-1"), a_train_on_sale()
    exchange(order, ("C1-1",), inventory=train, legs=(1, 3))
    assert_all_agree(order, "C1-1")
    assert seatstore.availability(train.pk).taken(1, 3) == {"C1-1"}


def test_nobody_exchanges_a_seat_for_one_behind_a_waiting_room_out_of_turn():
    order, rush = a_ticket("B-1"), a_performance_on_sale()
    room = a_room(rush, opens_in=timedelta())
    with pytest.raises(NotYourTurn):
        exchange(order, DEAR, inventory=rush)
    [visitor] = visitor_ids(rush.pk, user=order.customer, browser="")
    seatstore.join_gate(inventory=rush.pk, visitor=visitor)
    seatstore.admit_next(inventory=rush.pk, count=1, ttl_s=60, request_id=f"test {room.pk}")
    assert exchange(order, DEAR, inventory=rush).status == E.DONE
    assert_all_agree(order, "A-2")


def test_a_seat_may_be_exchanged_again_and_all_of_it_is_paid_back():
    order = a_ticket("B-1")
    exchange(order, DEAR)
    exchange(order, ("B-1",), request_id="y")
    assert_all_agree(order, "B-1")
    exchange(order, ("A-4",), request_id="z")
    order.refresh_from_db()
    cancel_order(order=order, request_id="c")
    assert kept() == 0
    assert_all_agree(order)
    order.refresh_from_db()
    assert order.status == Order.Status.CANCELLED


def test_where_somebody_else_has_the_new_seat_nothing_changes_and_nothing_is_charged():
    order = a_ticket("B-1")
    a_ticket("A-2", inventory=order.parts.get().inventory)
    with pytest.raises(ExchangeRefused, match="A-2"):
        exchange(order, DEAR)
    assert Payment.objects.get(exchange__isnull=False).status == Payment.Status.VOIDED
    assert tickets(order) == ["B-1"]
    assert not list(ledger.check_ledger())


def test_a_card_that_is_declined_leaves_the_ticket_as_it_was():
    order = a_ticket("B-1")
    with pytest.raises(CardDeclined):
        exchange(order, DEAR, method=DECLINED)
    assert_all_agree(order, "B-1")


def test_the_same_request_gives_the_same_exchange_and_its_id_no_other_one():
    order = a_ticket("B-1")
    same = {"wanted": wanted(order, DEAR), "method": GOOD, "request_id": "x"}
    assert exchange_seats(order=order, **same) == exchange_seats(order=order, **same)
    assert kept() == 500
    with pytest.raises(RequestConflict):
        exchange(order, ("A-3",))


REFUSALS = {
    "more seats than are given": ({"seats": ("A-2", "A-3")}, ExchangeRefused),
    "a seat that there is not": ({"seats": ("Z-9",)}, UnknownSeats),
    "a dearer one, and nothing to pay with": ({"seats": DEAR, "method": None}, PaymentNeeded),
}


@pytest.mark.parametrize(("what", "error"), REFUSALS.values(), ids=REFUSALS)
def test_what_makes_no_sense_is_refused_before_anything_happens(what, error):
    order = a_ticket("B-1")
    with pytest.raises(error):
        exchange(order, what.pop("seats"), **what)
    assert not Exchange.objects.exists()
    assert_all_agree(order, "B-1")


def test_what_is_off_sale_or_has_begun_is_not_exchanged():
    order, train = a_ticket("B-1"), a_train_on_sale()
    with pytest.raises(DepartureGone):
        exchange(order, DEAR, now=timezone.now() + timedelta(days=30))
    train.state = Inventory.State.CLOSED
    with pytest.raises(InventoryNotOnSale):
        exchange(order, ("C1-1",), inventory=train)


def test_an_unpaid_order_has_nothing_to_exchange():
    order = a_held_order(seats=("B-1",))
    with pytest.raises(ExchangeRefused):
        exchange(order, DEAR)


def test_a_seat_that_is_being_exchanged_is_not_cancelled_at_the_same_time(monkeypatch):
    order = a_ticket("B-1")
    real = seatstore.exchange_hold

    def cancelled_meanwhile(**arguments):
        with pytest.raises(OrderNotCancellable), transaction.atomic():
            cancel_order(order=Order.objects.get(pk=order.pk), request_id="c")
        return real(**arguments)

    monkeypatch.setattr(seatstore, "exchange_hold", cancelled_meanwhile)
    exchange(order, DEAR)
    assert_all_agree(order, "A-2")


DYING = {
    "the difference is reserved, we were not told": (SandboxGateway, "authorise", crashing_after),
    "before the store is asked": (seatstore, "exchange_hold", crashing_before),
    "the store exchanged, we were not told": (seatstore, "exchange_hold", crashing_after),
    "before the rows are written": (exchanging, "write_swap", crashing_before),
    "the rows are written": (exchanging, "write_swap", crashing_after),
    "before the difference is taken": (SandboxGateway, "capture", crashing_before),
    "the difference is taken, we were not told": (SandboxGateway, "capture", crashing_after),
}


@pytest.mark.parametrize("error", [Crash(), GatewayUnavailable()], ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("boundary", DYING.values(), ids=DYING)
def test_a_crash_between_two_steps_is_finished_by_the_worker(boundary, error, monkeypatch):
    owner, name, crashing = boundary
    order = a_ticket("B-1")
    with monkeypatch.context() as patched:
        patched.setattr(owner, name, crashing(getattr(owner, name), error))
        with pytest.raises(type(error)):
            exchange(order, DEAR)
    settle()
    assert_all_agree(order, "A-2")
    assert Exchange.objects.get().status == E.DONE


BACK = {
    "before the difference goes back": (SandboxGateway, "refund", crashing_before),
    "the difference is back, we were not told": (SandboxGateway, "refund", crashing_after),
}


@pytest.mark.parametrize("boundary", BACK.values(), ids=BACK)
def test_a_crash_while_the_difference_goes_back_is_finished_by_the_worker(boundary, monkeypatch):
    owner, name, crashing = boundary
    order = a_ticket("A-1")
    with monkeypatch.context() as patched:
        patched.setattr(owner, name, crashing(getattr(owner, name)))
        with pytest.raises(Crash):
            exchange(order, CHEAP)
    settle()
    assert_all_agree(order, "B-2")
