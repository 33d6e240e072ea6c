"""What the shop knows of somebody: named on tickets, told on demand, and forgotten while the orders stay."""

import json

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from accounts.erasing import StillUnfinished, erase
from accounts.models import User
from booking import personal
from booking.models import Order, OrderSeat, OutgoingMail, WaitingEntry
from booking.services import begin_confirming, confirm_in_store, hold_seats, join_waiting_list, mark_confirmed
from booking.services.naming import NamesAreFixed, name_passengers
from booking.tests.selling import a_customer, a_train_on_sale
from booking.tickets.showing import good_tickets, printed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seat_store")]


@pytest.fixture
def train():
    return a_train_on_sale()


def held(train, customer: User, *seats: str) -> Order:
    return hold_seats(customer=customer, inventory=train, seats=seats, first_leg=1, end_leg=3, request_id=seats[0])


def with_tickets(order: Order) -> Order:
    begin_confirming(order=order)
    confirm_in_store(order=order)
    mark_confirmed(order=order, now=timezone.now())
    return order


def test_whom_the_customer_names_before_paying_stands_on_the_ticket_and_stays(client, train):
    customer = a_customer()
    client.force_login(customer)
    order = held(train, customer, "C1-1", "C1-2")
    first, second = order.seats.order_by("name")
    page = f"/orders/{order.reference}/"
    names = {f"passenger-{first.pk}": " Ben ", f"passenger-{second.pk}": "", "remember": "on"}
    assert client.post(f"{page}passengers/", names).url == f"/pay/{order.reference}/"
    assert [passenger.name for passenger in customer.passengers.all()] == ["Ben"]
    assert '<option value="Ben">' in client.get(page).content.decode()
    with_tickets(order)
    assert [printed(ticket).passenger for ticket in good_tickets(order)] == ["Ben, Adult", "Adult"]
    with pytest.raises(NamesAreFixed):
        name_passengers(order=order, names={first.pk: "Cleo"})


def test_nobody_names_the_passengers_of_others(client, train):
    order, theirs = held(train, a_customer(), "C1-1"), held(train, a_customer(), "C1-2")
    client.force_login(order.customer)
    seat = theirs.seats.get()
    assert client.post(f"/orders/{theirs.reference}/passengers/", {f"passenger-{seat.pk}": "X"}).status_code == 404
    client.post(f"/orders/{order.reference}/passengers/", {f"passenger-{seat.pk}": "X"})
    seat.refresh_from_db()
    assert seat.passenger_name == ""


def test_all_that_is_kept_of_a_customer_can_be_told_and_nothing_of_others(train):
    customer = a_customer()
    order, other = with_tickets(held(train, customer, "C1-1")), held(train, a_customer(), "C1-2")
    told = json.dumps(personal.kept_of(person=customer), cls=DjangoJSONEncoder)
    assert all(each in told for each in (order.reference, "C1-1", "BBB Junction", str(order.amount)))
    assert other.reference not in told


def test_who_is_forgotten_leaves_orders_without_a_name_and_is_told_of_tickets_first(train):
    customer = a_customer("ada@example.com")
    order = held(train, customer, "C1-1")
    name_passengers(order=order, names={order.seats.get().pk: "Ada"})
    with_tickets(order)
    OutgoingMail.objects.update(last_error="refused: ada@example.com")
    join_waiting_list(customer=customer, inventory=train, first_leg=0, end_leg=1, zone="", count=1, now=timezone.now())
    with pytest.raises(StillUnfinished, match=order.reference):
        erase(person=customer, now=timezone.now(), although=False)
    erase(person=customer, now=timezone.now(), although=True)
    order.refresh_from_db()
    assert order.status == Order.Status.CONFIRMED
    assert OrderSeat.objects.get().passenger_name == ""
    assert not OutgoingMail.objects.exists()
    assert WaitingEntry.objects.get().state == WaitingEntry.State.LEFT
    assert "ada" not in str(order.customer)


def test_who_has_nothing_ahead_loses_nothing(train):
    customer = a_customer()
    order = held(train, customer, "C1-1")
    assert [order.reference in sentence for sentence in personal.unfinished(person=customer, now=timezone.now())] == [
        True
    ]
    Order.objects.update(status=Order.Status.CANCELLED)
    assert personal.unfinished(person=customer, now=timezone.now()) == []
