"""Who is let in, and what are staff told about everybody else?"""

import os
import re
import threading
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from booking.errors import RequestConflict
from booking.models import Admission, OrderSeat, Ticket
from booking.tests.selling import a_customer, a_performance_on_sale, a_written_order
from booking.tickets.attendance import entrance_of, guests
from booking.tickets.check_in import (
    AlreadyAdmitted,
    TicketForElsewhere,
    TicketNotGenuine,
    TicketUnknown,
    TicketVoid,
    WhichTicket,
    admit,
    undo_admission,
)
from booking.tickets.issuing import issue_tickets
from booking.tickets.showing import good_tickets, printed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]


@pytest.fixture
def show():
    return a_performance_on_sale()


@pytest.fixture
def order(show):
    return with_tickets(show, "A-1", "A-2")


@pytest.fixture
def usher():
    return a_customer("usher@example.com")


def with_tickets(show, *seats: str):
    order = a_written_order(a_customer(), show, *seats, request_id=uuid4().hex)
    renew(order)
    return order


def renew(order) -> None:
    with transaction.atomic():
        issue_tickets(order=order, now=timezone.now())


def let_in(text: str, show, usher, request_id: str | None = None) -> Admission:
    return admit(text=text, inventory=show, by=usher, request_id=request_id or uuid4().hex, now=timezone.now())


def scanned(order, seat: str) -> str:
    return next(printed(ticket).qr_text for ticket in good_tickets(order) if ticket.seat_name == seat)


def test_a_scanned_ticket_lets_one_person_in_once(show, order, usher):
    first = let_in(scanned(order, "A-1"), show, usher)
    assert first.ticket.seat_name == "A-1"
    with pytest.raises(AlreadyAdmitted) as again:
        let_in(scanned(order, "A-1"), show, a_customer())
    assert again.value.earlier == first
    assert again.value.extras()["admitted_by"] == "usher@example.com"
    assert let_in(scanned(order, "A-2"), show, usher).ticket.seat_name == "A-2"


def test_a_code_can_be_typed_as_people_type(show, order, usher):
    assert let_in(f" {order.reference.lower()} 2 ", show, usher).ticket.seat_name == "A-2"
    with pytest.raises(AlreadyAdmitted):
        let_in(f"{order.reference}-2", show, usher)


def test_a_bookings_code_is_enough_if_one_of_its_people_is_still_to_come(show, order, usher):
    alone = with_tickets(show, "B-1")
    assert let_in(alone.reference, show, usher).ticket.seat_name == "B-1"
    with pytest.raises(WhichTicket) as which:
        let_in(order.reference, show, usher)
    assert which.value.extras() == {"tickets": [f"{order.reference}-1", f"{order.reference}-2"]}
    let_in(f"{order.reference}-1", show, usher)
    assert let_in(order.reference, show, usher).ticket.seat_name == "A-2"
    with pytest.raises(AlreadyAdmitted):
        let_in(order.reference, show, usher)


@pytest.mark.parametrize("text", ["", "hello", "BCDFGHJK", "BCDFGHJK-1", "TS1:", "https://example.com", "A" * 3000])
def test_what_is_no_ticket_lets_nobody_in(show, order, usher, text):
    with pytest.raises(TicketUnknown):
        let_in(text, show, usher)


def test_a_ticket_that_somebody_else_signed_is_not_genuine(show, order, usher, settings):
    ours, settings.TICKET_SIGNING_KEY = settings.TICKET_SIGNING_KEY, os.urandom(32)
    forged = scanned(order, "A-1")
    settings.TICKET_SIGNING_KEY = ours
    with pytest.raises(TicketNotGenuine):
        let_in(forged, show, usher)
    assert not Admission.objects.exists()


def test_a_ticket_for_another_evening_is_said_to_be_that(show, usher):
    other = with_tickets(a_performance_on_sale(), "A-1")
    for text in (scanned(other, "A-1"), other.reference, f"{other.reference}-1"):
        with pytest.raises(TicketForElsewhere, match="Show"):
            let_in(text, show, usher)


def test_a_cancelled_ticket_is_void_and_a_replaced_one_names_its_successor(show, order, usher):
    cancelled, moved = scanned(order, "A-1"), scanned(order, "A-2")
    OrderSeat.objects.filter(order=order, name="A-1").update(cancelled_at=timezone.now())
    OrderSeat.objects.filter(order=order, name="A-2").update(name="B-3")
    renew(order)
    with pytest.raises(TicketVoid, match="cancelled"):
        let_in(cancelled, show, usher)
    with pytest.raises(TicketVoid, match=f"replaced by {order.reference}-3, seat B-3"):
        let_in(moved, show, usher)
    assert let_in(scanned(order, "B-3"), show, usher)


def test_who_is_in_and_is_moved_stays_in_and_the_new_ticket_lets_nobody_else_in(show, order, usher):
    let_in(scanned(order, "A-1"), show, usher)
    OrderSeat.objects.filter(order=order, name="A-1").update(name="B-3")
    renew(order)
    assert entrance_of(show).attendance.admitted == 1
    with pytest.raises(AlreadyAdmitted):
        let_in(scanned(order, "B-3"), show, usher)


def test_a_scan_that_is_sent_again_after_a_lost_answer_is_the_same_admission(show, order, usher):
    text = scanned(order, "A-1")
    assert let_in(text, show, usher, "s1") == let_in(text, show, usher, "s1")
    with pytest.raises(RequestConflict):
        let_in(scanned(order, "A-2"), show, usher, "s1")


def test_an_admission_that_was_a_mistake_is_undone_and_kept(show, order, usher):
    mistake = let_in(scanned(order, "A-1"), show, usher)
    undo_admission(admission=mistake, by=usher, now=timezone.now())
    undone_at = mistake.undone_at
    undo_admission(admission=mistake, by=usher, now=timezone.now())
    assert mistake.undone_at == undone_at
    assert let_in(scanned(order, "A-1"), show, usher) != mistake
    assert Admission.objects.count() == 2


def test_the_entrance_knows_who_is_expected_and_who_has_come(show, order, usher):
    with_tickets(show, "B-1")
    mistake = let_in(scanned(order, "A-2"), show, usher)
    undo_admission(admission=mistake, by=usher, now=timezone.now())
    let_in(scanned(order, "A-2"), show, usher)
    attendance = entrance_of(show).attendance
    assert (attendance.expected, attendance.admitted) == (3, 1)
    assert [(guest.seat, guest.admission is not None) for guest in guests(show)] == [
        ("A-1", False),
        ("A-2", True),
        ("B-1", False),
    ]


@pytest.mark.django_db(transaction=True)
def test_of_two_gates_that_scan_copies_at_the_same_moment_one_lets_in(show, order, usher):
    text, start = scanned(order, "A-1"), threading.Barrier(4)
    ends: list[str] = []

    def gate() -> None:
        start.wait()
        try:
            let_in(text, show, usher)
            ends.append("in")
        except AlreadyAdmitted:
            ends.append("warned")
        finally:
            connection.close()

    gates = [threading.Thread(target=gate) for _ in range(4)]
    for each in gates:
        each.start()
    for each in gates:
        each.join()
    assert sorted(ends) == ["in", "warned", "warned", "warned"]


def test_numbers_on_tickets_are_what_people_can_read_aloud(order):
    assert all(re.fullmatch(r"[BCDFGHJKMNPQRSTVWXYZ2-9]{8}-\d", ticket.code) for ticket in Ticket.objects.all())
