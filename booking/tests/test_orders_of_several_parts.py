"""A journey there and back, or a train and a show, in one order: all of it or nothing, whatever happens on the way."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from booking import seatstore
from booking.errors import NothingChosen, OrderNotPayable, RequestConflict, TooManySeats
from booking.models import Order
from booking.services import PartWanted, expire_orders, hold_parts, release_order
from booking.services.paying import begin_confirming, confirm_in_store, extend_for_payment
from booking.tests.selling import a_customer, a_performance_on_sale, a_train_on_sale

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

S = Order.Status


@pytest.fixture
def there():
    return a_train_on_sale()


@pytest.fixture
def back():
    return a_train_on_sale(days_ahead=5)


def wanted(there, back, *, seat_back: str = "C1-1") -> list[PartWanted]:
    return [PartWanted(there, ("C1-1", "C1-2"), 0, 4), PartWanted(back, (seat_back,), 1, 3)]


def held(parts, *, customer=None, request_id: str = "r") -> Order:
    return hold_parts(customer=customer or a_customer(), parts=parts, request_id=request_id)


def taken(inventory) -> set[str]:
    return seatstore.availability(inventory.pk).taken(0, 4)


def test_an_order_holds_seats_of_two_trains_and_costs_what_both_cost(there, back):
    order = held(wanted(there, back))
    assert order.status == S.AWAITING_PAYMENT
    assert [(part.position, part.inventory, part.first_leg, part.end_leg) for part in order.parts.all()] == [
        (1, there, 0, 4),
        (2, back, 1, 3),
    ]
    assert (taken(there), taken(back)) == ({"C1-1", "C1-2"}, {"C1-1"})
    assert order.amount == 2 * 450 + 250
    assert [seat.label for seat in order.seats.all()] == ["C1-1", "C1-2", "2:C1-1"]


def test_an_order_is_held_no_longer_than_the_part_that_ends_first(there, back):
    order = held(wanted(there, back))
    ends = [seatstore.hold(part.hold_id).held_until for part in order.parts.all()]
    assert abs(order.held_until - min(ends)) < timedelta(seconds=1)


def test_a_later_refusal_gives_the_earlier_parts_back(there, back):
    held([PartWanted(back, ("C1-1",), 0, 4)])
    customer = a_customer()
    with pytest.raises(seatstore.SeatsTaken):
        held(wanted(there, back), customer=customer)
    assert taken(there) == set()
    assert Order.objects.get(customer=customer).status == S.CANCELLED


def test_a_request_that_was_refused_is_refused_again_and_holds_nothing(there, back):
    held([PartWanted(back, ("C1-1",), 0, 4)])
    customer = a_customer()
    for _ in range(2):
        with pytest.raises(seatstore.SeatsTaken):
            held(wanted(there, back), customer=customer)
    assert taken(there) == set()


def test_the_same_request_is_the_same_order_and_another_one_is_refused(there, back):
    customer = a_customer()
    order = held(wanted(there, back), customer=customer)
    assert held(wanted(there, back), customer=customer) == order
    with pytest.raises(RequestConflict):
        held(wanted(there, back, seat_back="C1-3"), customer=customer)
    with pytest.raises(RequestConflict):
        held(wanted(there, back)[:1], customer=customer)


def test_a_crash_between_two_parts_is_taken_further_by_the_same_request(there, back, monkeypatch):
    customer = a_customer()
    hold, asked = seatstore.hold_seats, []

    def the_second_is_lost(**arguments):
        asked.append(arguments)
        if len(asked) == 2:
            raise seatstore.OutcomeUnknown("lost")
        return hold(**arguments)

    monkeypatch.setattr(seatstore, "hold_seats", the_second_is_lost)
    with pytest.raises(seatstore.OutcomeUnknown):
        held(wanted(there, back), customer=customer)
    order = held(wanted(there, back), customer=customer)
    assert order.status == S.AWAITING_PAYMENT
    assert Order.objects.count() == 1
    assert (taken(there), taken(back)) == ({"C1-1", "C1-2"}, {"C1-1"})


def test_a_crash_between_two_parts_that_nobody_comes_back_to_is_ended_by_the_worker(there, back, monkeypatch):
    hold = seatstore.hold_seats

    def dying_at_the_second(**arguments):
        if arguments["inventory"] == back.pk:
            raise KeyboardInterrupt
        return hold(**arguments)

    monkeypatch.setattr(seatstore, "hold_seats", dying_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        held(wanted(there, back))
    assert taken(there) == {"C1-1", "C1-2"}
    assert expire_orders(now=timezone.now() + timedelta(minutes=5), limit=10) == 1
    assert taken(there) == set()
    assert Order.objects.get().status == S.EXPIRED


def test_an_order_one_part_of_which_has_ended_is_not_paid_and_gives_the_rest_back(there, back):
    order = held(wanted(there, back))
    lost = order.parts.last()
    seatstore.release_hold(hold_id=lost.hold_id, request_id=uuid4().hex)
    with pytest.raises(OrderNotPayable):
        extend_for_payment(order=order, now=timezone.now())
    assert order.status == S.EXPIRED
    assert taken(there) == set()


def test_a_part_that_cannot_be_confirmed_puts_the_one_that_was_back_on_sale(there, back):
    order = held(wanted(there, back))
    begin_confirming(order=order)
    seatstore.release_hold(hold_id=order.parts.last().hold_id, request_id=uuid4().hex)
    with pytest.raises(OrderNotPayable):
        confirm_in_store(order=order)
    assert order.status == S.EXPIRED
    assert taken(there) == set()


def test_an_order_part_of_which_has_ended_expires_as_a_whole(there, back):
    order = held(wanted(there, back))
    seatstore.release_hold(hold_id=order.parts.last().hold_id, request_id=uuid4().hex)
    assert expire_orders(now=order.held_until + timedelta(seconds=1), limit=10) == 1
    order.refresh_from_db()
    assert order.status == S.EXPIRED
    assert taken(there) == set()


def test_an_unpaid_order_gives_all_its_parts_back(there, back):
    release_order(order=held(wanted(there, back)))
    assert (taken(there), taken(back)) == (set(), set())


def test_ten_seats_are_the_most_over_all_parts(there):
    theatre = a_performance_on_sale()
    hall = PartWanted(theatre, ("A-1", "A-2", "A-3", "A-4", "B-1"), 0, 1)
    train = PartWanted(there, tuple(f"C1-{n}" for n in range(1, 7)), 0, 4)
    with pytest.raises(TooManySeats):
        held([train, hall])
    with pytest.raises(NothingChosen):
        held([train, PartWanted(theatre, (), 0, 1)])
    assert not Order.objects.exists()
