"""The back office looks payments and refunds up, and cannot write them."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from accounts.models import User
from booking.tests.catalogue import a_departure, a_station, a_train
from booking.tests.selling import a_written_order
from payments.models import Payment, Refund

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("model", [Payment, Refund])]

SHEET = ("created_at", "order", "status", "amount", "currency")


@pytest.fixture
def office(client):
    client.force_login(User.objects.create_superuser("boss@example.com", "secret-of-the-boss"))
    return client


@pytest.fixture(autouse=True)
def refunded_order():
    train = a_train((a_station("AAA"), 600, 600), (a_station("BBB"), 700, 700))
    inventory = a_departure(train, datetime(2030, 5, 4, tzinfo=UTC).date()).inventory
    order = a_written_order(User.objects.create(email="c@example.com"), inventory, "B1-1")
    payment = Payment.objects.create(order=order, request_id="r", amount=5, currency="INR", gateway="sandbox")
    Refund.objects.create(payment=payment, request_id="r", amount=5, currency="INR")
    return order


def page(model, name, *args):
    return reverse(f"admin:payments_{model._meta.model_name}_{name}", args=args)


def test_money_is_found_by_booking_code_and_opened(office, refunded_order, model):
    found = office.get(page(model, "changelist"), {"q": refunded_order.reference})
    assert refunded_order.reference in found.content.decode()
    assert office.get(page(model, "change", model.objects.get().pk)).status_code == 200
    missing = office.get(page(model, "changelist"), {"q": "NOTHING"})
    assert missing.context["cl"].result_count == 0


def test_money_cannot_be_written_by_hand(office, model):
    row = model.objects.get()
    assert office.get(page(model, "add")).status_code == 403
    assert office.post(page(model, "change", row.pk), {}).status_code == 403
    assert office.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403


def test_a_list_of_money_goes_out_as_a_spreadsheet_with_each_amount_beside_its_currency(office, refunded_order, model):
    page_of_it = office.get(page(model, "export"))
    assert page_of_it.status_code == 200
    fields = {f"{name}__{field}": "on" for name in ("paymentsheet", "refundsheet") for field in SHEET}
    sheet = office.post(page(model, "export"), {"format": "0", "resource": "0", **fields}).content.decode("utf-8-sig")
    heading, line = (each.split(",") for each in sheet.splitlines())
    shown = dict(zip(heading, line, strict=True))
    assert (shown["order"], shown["amount"], shown["currency"]) == (refunded_order.reference, "5.00", "INR")


def test_who_may_not_see_money_gets_no_spreadsheet_of_it(client, model):
    client.force_login(User.objects.create(email="editor@example.com", is_staff=True))
    assert client.get(page(model, "export")).status_code == 403
