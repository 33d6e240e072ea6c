"""What a wallet is told of a ticket, who travels, and which seats come closest to those that are gone."""

from datetime import datetime

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from booking.models import Ticket
from booking.tests.selling import a_customer, a_held_order, a_performance_on_sale, a_train_on_sale
from booking.tests.test_api_orders import CARD, hold, pay, refused, send
from booking.tests.test_api_tickets import with_tickets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]


def as_customer(person) -> APIClient:
    api = APIClient()
    api.force_authenticate(person)
    return api


def passes(order) -> list[dict]:
    answer = as_customer(order.customer).get(f"/api/v1/orders/{order.pk}/passes/")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_pass_of_a_journey_is_a_boarding_pass_with_the_tickets_own_code():
    order = with_tickets(a_train_on_sale(), "C1-1")
    [found] = passes(order)
    [ticket] = as_customer(order.customer).get(f"/api/v1/orders/{order.pk}/tickets/").json()
    assert (found["formatVersion"], found["serialNumber"]) == (1, ticket["code"])
    assert [(code["format"], code["message"]) for code in found["barcodes"]] == [
        ("PKBarcodeFormatQR", ticket["qr_text"])
    ]
    assert found["boardingPass"]["transitType"] == "PKTransitTypeTrain"
    assert [field["value"] for field in found["boardingPass"]["primaryFields"]] == [
        "AAA Junction (AAA)",
        "BBB Junction (BBB)",
    ]
    assert found["relevantDate"] == ticket["starts_at"]
    assert datetime.fromisoformat(found["expirationDate"]) > datetime.fromisoformat(found["relevantDate"])
    assert "eventTicket" not in found


def test_a_pass_of_a_show_is_an_event_ticket_and_one_that_is_void_says_so():
    order = with_tickets(a_performance_on_sale(), "A-1", "A-2")
    Ticket.objects.filter(order=order, number=1).update(voided_at=timezone.now())
    void, good = passes(order)
    assert ((void["voided"], void["barcodes"]), good["voided"]) == ((True, []), False)
    assert {"key": "seat", "label": "Seat", "value": "A-2"} in good["eventTicket"]["auxiliaryFields"]
    assert as_customer(a_customer()).get(f"/api/v1/orders/{order.pk}/passes/").status_code == 404


def test_passengers_are_named_before_the_order_is_paid_and_not_after():
    order = a_held_order()
    api = as_customer(order.customer)
    address = f"/api/v1/orders/{order.pk}/passengers/"
    named = api.put(address, {"passengers": [{"seat": "A-1", "name": "Ben"}]}, format="json")
    assert [(seat["seat"], seat["passenger_name"]) for seat in named.json()["seats"]] == [("A-1", "Ben"), ("B-1", "")]
    wrong = api.put(address, {"passengers": [{"seat": "Z-9", "name": "Ben"}]}, format="json")
    assert refused(wrong, 400, "unknown-seat")["seats"] == ["Z-9"]
    assert as_customer(a_customer()).put(address, {"passengers": []}, format="json").status_code in (400, 404)
    pay(api, str(order.pk))
    refused(api.put(address, {"passengers": [{"seat": "A-1", "name": "Cleo"}]}, format="json"), 409, "names-are-fixed")


def test_whose_seat_is_gone_is_told_which_come_closest():
    train = a_train_on_sale()
    hold(as_customer(a_customer()), train, ["C1-1"])
    query = {"gone": "C1-1", "seats": "C1-2", "first": 2, "last": 4}
    found = APIClient().get(f"/api/v1/seat-maps/{train.pk}/instead/", query).json()["seats"]
    assert len(found) == 2
    assert "C1-1" not in found
    refused(APIClient().get(f"/api/v1/seat-maps/{train.pk}/instead/", query | {"last": 9}), 400, "legs-out-of-range")


def test_a_payment_that_waits_is_given_up_and_another_one_is_taken():
    order = a_held_order()
    api = as_customer(order.customer)
    waits = pay(api, str(order.pk), number="4000000000001000")
    assert (waits.status_code, waits.json()["status"]) == (202, "REQUIRES_ACTION")
    address = f"payments/{waits.json()['id']}/give-up"
    refused(send(as_customer(a_customer()), address, {}), 404, "not-found")
    assert send(api, address, {}).json()["status"] == "FAILED"
    assert send(api, address, {}).json()["status"] == "FAILED"
    assert pay(api, str(order.pk)).json()["status"] == "CAPTURED"


def test_how_one_pays_here_is_open_to_all():
    assert APIClient().get("/api/v1/payment-methods/").json() == {"taken": ["card", "upi"]}
    assert CARD["number"] not in APIClient().get("/api/v1/payment-methods/").content.decode()
