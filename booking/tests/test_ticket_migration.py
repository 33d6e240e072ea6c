"""Do those who bought before there were tickets have them, and nobody a mail about it?"""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from booking.models import Order, OutgoingMail, Ticket
from booking.tests.catalogue import a_departure, a_station, a_train
from booking.tests.selling import a_customer, a_written_order
from booking.tickets.issuing import issue_tickets

pytestmark = pytest.mark.django_db


def test_earlier_orders_get_the_tickets_they_would_have_been_issued():
    departure = a_departure(a_train((a_station("AAA"), 0, 0), (a_station("BBB"), 60, 60)), timezone.now().date())
    customer = a_customer()

    def an_order(request_id: str, *seats: str, status: str = Order.Status.CONFIRMED) -> Order:
        return a_written_order(customer, departure.inventory, *seats, status=status, request_id=request_id)

    two, one = an_order("1", "B1-1", "B1-2"), an_order("2", "B1-3", status=Order.Status.PARTLY_CANCELLED)
    an_order("3", "B1-4", status=Order.Status.EXPIRED)
    two.seats.filter(name="B1-1").update(cancelled_at=timezone.now())
    migration = import_module("booking.migrations.0012_tickets_of_earlier_orders")
    for _ in range(2):
        migration.issue(apps, SimpleNamespace(connection=connection))
    assert sorted(Ticket.objects.values_list("order", "seat_name", "number")) == sorted(
        [(two.pk, "B1-2", 1), (one.pk, "B1-3", 1)]
    )
    assert not OutgoingMail.objects.exists()
    with transaction.atomic():
        assert [ticket.number for ticket in issue_tickets(order=two, now=timezone.now())] == [1]
    assert Ticket.objects.count() == 2
