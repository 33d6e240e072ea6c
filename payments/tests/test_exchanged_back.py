"""A difference that cannot be taken after the exchange: the old seats again, or the new ones for the old price."""

from uuid import uuid4

import pytest
from django.utils import timezone

from booking import seatstore
from booking.models import Inventory, Order, OrderSeat, Performance
from booking.selling.sale_rules import CustomerLimitReached, SaleEnded
from booking.services import hold_seats
from booking.tests.selling import a_customer, a_performance_on_sale
from booking.tickets import check_in
from payments import ledger
from payments.cards import Card
from payments.errors import CardDeclined
from payments.gateways import GatewayUnavailable, Refused
from payments.gateways.sandbox import SandboxGateway
from payments.models import Exchange, Finding, LedgerEntry, Payment
from payments.services import cancel_order, exchanging, pay_order, swapping_back
from payments.tests.paying import GOOD, Crash, crashing_after, crashing_before, settle
from payments.tests.test_exchanges import DEAR, a_ticket, assert_all_agree, exchange, kept, tickets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

E = Exchange.Status
CANNOT_BE_CHARGED = Card("4000 0000 0000 7007", 12, timezone.now().year + 2, "123")


def unpaid(order: Order, **more) -> Exchange:
    with pytest.raises(CardDeclined):
        exchange(order, DEAR, method=CANNOT_BE_CHARGED, **more)
    return Exchange.objects.get(order=order, request_id=more.get("request_id", "x"))


def somebody_takes(seat: str, inventory: Inventory) -> None:
    request_id = uuid4().hex
    order = hold_seats(
        customer=a_customer(), inventory=inventory, seats=[seat], first_leg=0, end_leg=1, request_id=request_id
    )
    pay_order(order=order, method=GOOD, request_id=request_id)


def meanwhile(monkeypatch, act) -> None:
    """Between the refused capture and the way back."""
    real = exchanging.let_go

    def let_go(*args, **kwargs):
        act()
        return real(*args, **kwargs)

    monkeypatch.setattr(exchanging, "let_go", let_go)


def test_who_cannot_be_charged_has_the_old_seats_again():
    order = a_ticket("B-1")
    assert unpaid(order).status == E.RETURNED
    assert_all_agree(order, "B-1")
    order.refresh_from_db()
    assert order.amount == 300
    assert not Finding.objects.exists()


def test_the_same_request_gives_the_same_answer_and_changes_nothing():
    order = a_ticket("B-1")
    assert unpaid(order) == unpaid(order)
    assert_all_agree(order, "B-1")


def test_what_came_back_is_exchanged_again_and_cancelled_as_if_nothing_had_been():
    order = a_ticket("B-1")
    unpaid(order)
    other = OrderSeat.objects.filter(order=order, cancelled_at=None).get().part
    assert other.position == 1
    order.refresh_from_db()
    cancel_order(order=order, request_id="c")
    assert kept() == 0
    assert_all_agree(order)


def test_where_somebody_else_has_an_old_seat_the_new_ones_stay_at_the_old_price_and_a_person_is_told(monkeypatch):
    order = a_ticket("B-1")
    inventory = order.parts.get().inventory
    meanwhile(monkeypatch, lambda: somebody_takes("B-1", inventory))
    assert exchange(order, DEAR, method=CANNOT_BE_CHARGED).status == E.UNPAID
    assert Finding.objects.get().kind == Finding.Kind.EXCHANGE_UNPAID
    assert "B-1" in Finding.objects.get().what
    assert tickets(order) == ["A-2"]
    assert OrderSeat.objects.get(order=order, cancelled_at=None).amount == 300
    assert not list(ledger.check_ledger())


def test_who_got_new_seats_at_the_old_price_is_paid_back_no_more_than_that(monkeypatch):
    order = a_ticket("B-1")
    inventory = order.parts.get().inventory
    meanwhile(monkeypatch, lambda: somebody_takes("B-1", inventory))
    exchange(order, DEAR, method=CANNOT_BE_CHARGED)
    order.refresh_from_db()
    cancel_order(order=order, request_id="c")
    assert kept() == 300, "what the other customer paid"
    assert tickets(order) == []
    assert not list(ledger.check_ledger())


def test_who_is_inside_with_the_new_ticket_is_not_moved_back(monkeypatch):
    order = a_ticket("B-1")
    inventory = order.parts.get().inventory

    def enter():
        ticket = order.tickets.get(voided_at=None)
        check_in.admit(
            text=ticket.code, inventory=inventory, by=a_customer(), request_id=uuid4().hex, now=timezone.now()
        )

    meanwhile(monkeypatch, enter)
    assert exchange(order, DEAR, method=CANNOT_BE_CHARGED).status == E.UNPAID
    assert tickets(order) == ["A-2"]


DYING = {
    "before the money is refused": (SandboxGateway, "capture", crashing_before),
    "the money is let go, we were not told": (SandboxGateway, "void", crashing_after),
    "before the way back is begun": (exchanging, "begin_return", crashing_before),
    "the way back is begun": (exchanging, "begin_return", crashing_after),
    "before the store is asked": (swapping_back, "ask_store", crashing_before),
    "the store has done it, we were not told": (swapping_back, "ask_store", crashing_after),
    "before the rows are written": (swapping_back, "write_return", crashing_before),
    "the rows are written": (swapping_back, "write_return", crashing_after),
}


@pytest.mark.parametrize("error", [Crash(), GatewayUnavailable()], ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("boundary", DYING.values(), ids=DYING)
def test_a_crash_on_the_way_back_is_finished_by_the_worker(boundary, error, monkeypatch):
    owner, name, crashing = boundary
    order = a_ticket("B-1")
    with monkeypatch.context() as patched:
        patched.setattr(owner, name, crashing(getattr(owner, name), error))
        with pytest.raises(type(error)):
            exchange(order, DEAR, method=CANNOT_BE_CHARGED)
    settle()
    assert_all_agree(order, "B-1")
    assert Exchange.objects.get().status == E.RETURNED


def test_a_void_that_is_refused_leaves_the_new_seats_and_two_matters_for_a_person(monkeypatch):
    order = a_ticket("B-1")
    monkeypatch.setattr(SandboxGateway, "void", lambda self, **_: Refused("It was taken."))
    assert exchange(order, DEAR, method=CANNOT_BE_CHARGED).status == E.UNPAID
    assert sorted(Finding.objects.values_list("kind", flat=True)) == ["EXCHANGE_UNPAID", "VOID_REFUSED"]
    assert tickets(order) == ["A-2"]


def test_the_way_back_is_in_the_books_and_in_the_orders_history():
    order = a_ticket("B-1")
    unpaid(order)
    assert LedgerEntry.objects.filter(order=order, kind="EXCHANGE_UNPAID").count() == 1
    assert "Exchanged back for B-1" in order.history.last().reason
    assert Payment.objects.get(exchange__isnull=False).status == Payment.Status.VOIDED


def test_another_performance_is_exchanged_for_only_while_it_is_sold_and_within_its_limit():
    order, other = a_ticket("B-1"), a_performance_on_sale()
    Performance.objects.filter(inventory=other).update(sale_ends_at=timezone.now())
    with pytest.raises(SaleEnded):
        exchange(order, ("B-2",), inventory=Inventory.objects.get(pk=other.pk))
    Performance.objects.filter(inventory=other).update(sale_ends_at=None, seats_per_customer=1)
    customer_has_one = hold_seats(
        customer=order.customer, inventory=other, seats=["A-1"], first_leg=0, end_leg=1, request_id="other"
    )
    assert customer_has_one.status == Order.Status.AWAITING_PAYMENT
    with pytest.raises(CustomerLimitReached):
        exchange(order, ("B-2",), inventory=Inventory.objects.get(pk=other.pk))
    assert seatstore.availability(other.pk).sold == {}
    assert tickets(order) == ["B-1"]
