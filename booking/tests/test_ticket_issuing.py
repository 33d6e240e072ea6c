"""Does an order have a good ticket for each of its seats, and for nothing else, whatever happens to it?"""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from booking.errors import OrderNotCancellable
from booking.models import Admission, Order, OrderSeat, OutgoingMail, Ticket
from booking.services import begin_confirming, claim_cancellation, confirm_in_store, mark_confirmed
from booking.services.reseating import move_customer
from booking.tests.selling import a_customer, a_held_order, a_performance_on_sale, a_written_order
from booking.tickets.check_in import undo_admission
from booking.tickets.issuing import issue_tickets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

S = Order.Status


@pytest.fixture
def order():
    """Seats A-1, A-2 and B-1, confirmed; nothing was issued yet."""
    return a_written_order(a_customer(), a_performance_on_sale(), "A-1", "A-2", "B-1", request_id=uuid4().hex)


def issue(order: Order) -> list[Ticket]:
    with transaction.atomic():
        return issue_tickets(order=order, now=timezone.now())


def good(order: Order) -> dict[str, int]:
    """Numbers of the good tickets by seat."""
    return dict(Ticket.objects.filter(order=order, voided_at=None).values_list("seat_name", "number"))


def test_every_seat_of_a_confirmed_order_gets_a_ticket_once(order):
    assert [ticket.seat_name for ticket in issue(order)] == ["A-1", "A-2", "B-1"]
    again = issue(order)
    assert [ticket.code for ticket in again] == [f"{order.reference}-{number}" for number in (1, 2, 3)]
    assert Ticket.objects.count() == 3
    assert [mail.kind for mail in OutgoingMail.objects.all()] == ["tickets"]


@pytest.mark.parametrize("status", [S.DRAFT, S.AWAITING_PAYMENT, S.CONFIRMING, S.EXPIRED, S.CANCELLED])
def test_an_order_that_is_not_sold_has_no_good_ticket(order, status):
    issue(order)
    order.status = status
    assert issue(order) == []
    assert good(order) == {}
    assert Ticket.objects.filter(order=order).count() == 3


def test_a_cancelled_seats_ticket_is_void_and_the_others_stay_as_they_are_printed(order):
    issue(order)
    OrderSeat.objects.filter(order=order, name="A-2").update(cancelled_at=timezone.now())
    issue(order)
    assert good(order) == {"A-1": 1, "B-1": 3}
    assert OutgoingMail.objects.count() == 1


def test_a_moved_seat_has_a_new_ticket_with_a_number_of_its_own_and_its_holder_is_told(order):
    issue(order)
    OrderSeat.objects.filter(order=order, name="A-2").update(name="A-4")
    issue(order)
    assert good(order) == {"A-1": 1, "B-1": 3, "A-4": 4}
    assert Ticket.objects.get(order=order, number=2).voided_at is not None
    assert sorted(mail.kind for mail in OutgoingMail.objects.all()) == ["new_tickets", "tickets"]


def test_of_two_that_issue_at_once_one_comes_to_nothing(order):
    issue(order)
    seat = order.seats.first()
    twin = Ticket(order=order, seat=seat, number=9, inventory=seat.part.inventory, first_leg=0, end_leg=1)
    twin.issued_at = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


def test_a_seat_whose_ticket_was_used_cannot_be_cancelled(order):
    ticket = issue(order)[0]
    admission = Admission.objects.create(ticket=ticket, at=timezone.now(), by=order.customer, request_id="s")
    claim = {"order": order, "now": timezone.now()}
    with pytest.raises(OrderNotCancellable, match="seat A-1"), transaction.atomic():
        claim_cancellation(seats=[], **claim)
    with transaction.atomic():
        claim_cancellation(seats=["A-2"], **claim)
    assert good(order) == {"A-1": 1, "B-1": 3}
    undo_admission(admission=admission, by=order.customer, now=timezone.now())
    with transaction.atomic():
        claim_cancellation(seats=[], **claim)
    assert good(order) == {}


def test_a_customer_whom_the_house_moves_gets_a_ticket_for_the_new_seat():
    order = a_held_order()
    begin_confirming(order=order)
    confirm_in_store(order=order)
    with transaction.atomic():
        mark_confirmed(order=order, now=timezone.now())
    assert good(order) == {"A-1": 1, "B-1": 2}
    move_customer(seat=order.seats.get(name="B-1"), to_seat="B-3", reason="A broken seat", by=order.customer)
    assert good(order) == {"A-1": 1, "B-3": 3}
