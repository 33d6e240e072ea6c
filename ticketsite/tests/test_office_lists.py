"""Every list of the back office can be searched, and a page of many rows asks no more queries than one of a few."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from booking import models as m
from booking.selling.publishing import announce_departures, announce_performances
from booking.tests.catalogue import a_performance, a_station, a_train
from booking.tests.selling import a_customer, a_written_order
from booking.tickets.issuing import issue_tickets
from payments import models as money
from ticketsite import urls  # noqa: F401 - where the back office learns of its lists
from ticketsite.partners import models as partners

pytestmark = pytest.mark.django_db

FEW, MANY = 2, 6
# Another package's: what people signed up with, and how and where they log in.
NOT_OURS = {"account.EmailAddress", "mfa.Authenticator", "usersessions.UserSession"}


@pytest.fixture
def boss():
    return User.objects.create_superuser("boss@example.com", "secret-of-the-boss")


@pytest.fixture
def office(client, boss):
    client.force_login(boss)
    return client


def a_row_of_each(boss, number):
    """One more row in every list, that shares nothing with those before, as far as rows can."""
    day = datetime(2030, 5, 4, tzinfo=UTC) + timedelta(days=number)
    train = a_train((a_station(f"A{number}"), 600, 600), (a_station(f"B{number}"), 700, 700), number=f"T{number}")
    carrier = m.Carrier.objects.create(code=f"C{number}", name=f"Carrier {number}")
    calendar = m.ServiceCalendar.objects.create(carrier=carrier, code="X", starts_on=day, ends_on=day)
    seat_class = m.SeatClass.objects.create(carrier=carrier, code="X", name="X", base_fare=5, fare_per_km=1)
    m.Train.objects.filter(pk=train.pk).update(carrier=carrier, calendar=calendar)
    ends = {"origin": a_station(f"A{number}"), "destination": a_station(f"B{number}")}
    m.StationFare.objects.create(seat_class=seat_class, amount=5, **ends)
    m.ZoneFare.objects.create(seat_class=seat_class, amount=5)
    m.RefundPolicy.objects.create(name=f"Policy {number}")
    departure = m.Departure.objects.create(train=train, date=day)
    announce_departures([departure])
    announce_performances([a_performance(timezone.now() + timedelta(days=number + 1))])
    order = a_written_order(a_customer(), departure.inventory, "B1-1")
    issue_tickets(order=order, now=timezone.now())
    part = order.parts.get()
    m.SeatBlock.objects.create(inventory=departure.inventory, seats=["B1-2"], reason="x", blocked_by=a_customer())
    fields = {"from_seat": "B1-1", "to_seat": "B1-3", "to_zone": "AC2", "seats": [], "old_hold_id": part.hold_id}
    m.SeatMove.objects.create(part=part, reason="x", moved_by=a_customer(), **fields)
    m.WaitingEntry.objects.create(customer=a_customer(), inventory=departure.inventory, count=1, order=order)
    m.WaitingRoom.objects.create(inventory=departure.inventory, opens_at=day)
    payment = money.Payment.objects.create(order=order, request_id="r", amount=5, currency="INR", gateway="sandbox")
    money.Refund.objects.create(payment=payment, request_id="r", amount=5)
    money.LedgerEntry.objects.create(id=uuid4(), kind="SALE", source=order.pk, order=order)
    found = {"subject": order.reference, "what": "x", "suggestion": "x"}
    money.Finding.objects.create(kind="SEATS_DIFFER", order=order, found_at=day, seen_at=day, **found)
    money.WebhookEvent.objects.create(gateway="sandbox", event_id=str(number), kind="x", due_at=day)
    partner = partners.Partner.objects.create(name=f"P{number}", account=a_customer(), sandbox=a_customer())
    partners.ApiKey.objects.create(partner=partner, label="x", is_sandbox=True, prefix="tsk", digest=str(number))
    partners.Agreement.objects.create(partner=partner, customer=order.customer)
    endpoint = partners.WebhookEndpoint.objects.create(partner=partner, url="https://x.example", is_sandbox=True)
    message = partners.WebhookMessage.objects.create(
        partner=partner, is_sandbox=True, kind="order.held", order=order, number=1, body="{}", created_at=day
    )
    partners.WebhookDelivery.objects.create(message=message, endpoint=endpoint, due_at=day)
    step = m.OrderEvent.objects.create(order=order, at=day, to_status="CONFIRMED")
    partners.UntoldStep.objects.create(event=step, error="x", failed_at=day)
    Group.objects.create(name=f"Group {number}").user_set.add(order.customer)
    LogEntry.objects.log_actions(boss.pk, [order], CHANGE, "x")


def lists():
    return [model for model in admin.site._registry if model._meta.label not in NOT_OURS]


def asked_for(office, model, **query):
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    with CaptureQueriesContext(connection) as queries:
        page = office.get(address, query)
    assert page.status_code == 200, model
    return len(queries), page.context["cl"].result_count


def test_no_list_asks_the_database_again_for_each_of_its_rows(office, boss):
    for number in range(FEW):
        a_row_of_each(boss, number)
    for model in lists():
        asked_for(office, model)
    few = {model: asked_for(office, model) for model in lists()}
    for number in range(FEW, MANY):
        a_row_of_each(boss, number)
    many = {model: asked_for(office, model) for model in lists()}
    empty = {model._meta.label for model, (_, rows) in few.items() if not rows}
    assert empty == set(), "lists that this test has no rows for"
    grown = {model._meta.label: (few[model][0], many[model][0]) for model in few if many[model][0] > few[model][0]}
    assert grown == {}
    assert max(queries for queries, _ in many.values()) <= 16


def test_every_list_can_be_searched(office, boss):
    a_row_of_each(boss, 1)
    assert [model._meta.label for model in lists() if not admin.site._registry[model].search_fields] == []
    for model in lists():
        assert asked_for(office, model, q="nothing like this")[1] == 0, model
