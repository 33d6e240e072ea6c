"""Tickets and check-in for programs."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.tokens import issue_tokens
from booking.tests.selling import a_customer, a_performance_on_sale, a_train_on_sale, a_written_order
from booking.tickets.issuing import issue_tickets
from booking.tickets.keys import parse_key
from booking.tickets.signing import PublicKey, read_signed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]


def as_person(person) -> APIClient:
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(user=person).access}")
    return api


def an_usher():
    usher = a_customer()
    usher.user_permissions.add(Permission.objects.get(codename="check_in"))
    return usher


def with_tickets(inventory, *seats: str):
    order = a_written_order(a_customer(), inventory, *seats, request_id=uuid4().hex)
    with transaction.atomic():
        issue_tickets(order=order, now=timezone.now())
    return order


def test_a_program_gets_tickets_that_it_can_check_itself_with_the_published_key():
    order = with_tickets(a_train_on_sale(), "C1-1", "C1-2")
    tickets = as_person(order.customer).get(f"/api/v1/orders/{order.pk}/tickets/").json()
    [key] = APIClient().get("/api/v1/ticket-keys/").json()
    assert (key["algorithm"], key["is_current"]) == ("Ed25519", True)
    public = PublicKey(parse_key("key", key["public_key"]), is_current=True)
    assert public.id.hex() == key["id"]
    facts = [read_signed(ticket["qr_text"], [public]) for ticket in tickets]
    assert [(fact.code, fact.seat) for fact in facts] == [(ticket["code"], ticket["seat"]) for ticket in tickets]
    assert tickets[0]["legs"] == {"first": 1, "last": 1}
    assert tickets[0]["starts_at"].endswith("+05:30")
    assert tickets[0]["time_zone"] == "Asia/Kolkata"
    assert tickets[0]["price"] == {"amount": "5.00", "currency": "INR"}


def test_pdf_and_calendar_are_there_for_the_owner_alone():
    order = with_tickets(a_performance_on_sale(), "A-1")
    mine, others = as_person(order.customer), as_person(a_customer())
    for name, content_type in (("tickets.pdf", "application/pdf"), ("calendar.ics", "text/calendar; charset=utf-8")):
        assert mine.get(f"/api/v1/orders/{order.pk}/{name}")["Content-Type"] == content_type
        refused = others.get(f"/api/v1/orders/{order.pk}/{name}")
        assert (refused.status_code, refused.json()["code"]) == (404, "not-found")
    assert others.get(f"/api/v1/orders/{order.pk}/tickets/").status_code == 404


def test_a_scanner_lets_in_once_is_told_who_did_before_and_can_undo_it():
    show = a_performance_on_sale()
    order = with_tickets(show, "A-1")
    usher, ticket = an_usher(), {"inventory": show.pk, "ticket": f"{order.reference}-1"}
    scanner = as_person(usher)
    first = scanner.post("/api/v1/check-ins/", ticket, headers={"Idempotency-Key": "s1"}, format="json")
    assert (first.status_code, first.json()["seat"]) == (201, "A-1")
    again = scanner.post("/api/v1/check-ins/", ticket, headers={"Idempotency-Key": "s1"}, format="json")
    assert again.json() == first.json()
    refused = scanner.post("/api/v1/check-ins/", ticket, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "already-admitted")
    assert refused.json()["admitted_by"] == usher.email
    undone = scanner.delete(f"/api/v1/check-ins/{first.json()['id']}/")
    assert undone.json()["undone_at"] is not None
    assert scanner.post("/api/v1/check-ins/", ticket, format="json").status_code == 201


def test_the_list_for_a_scanner_without_a_network_says_who_is_expected():
    show = a_performance_on_sale()
    order = with_tickets(show, "A-1", "A-2")
    listed = as_person(an_usher()).get("/api/v1/check-ins/", {"inventory": show.pk}).json()
    assert listed["title"] == show.performance.show.title
    assert [guest["ticket"] for guest in listed["guests"]] == [f"{order.reference}-1", f"{order.reference}-2"]
    assert listed["guests"][0]["admitted_at"] is None


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [("nothing", 404, "ticket-unknown"), ("TS1:" + "A" * 200, 404, "ticket-unknown"), ("", 400, "invalid")],
)
def test_what_is_no_ticket_is_a_problem_with_a_code_of_its_own(text, status, code):
    show = a_performance_on_sale()
    asked = {"inventory": show.pk, "ticket": text}
    answer = as_person(an_usher()).post("/api/v1/check-ins/", asked, format="json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_check_in_is_for_those_who_may():
    show = a_performance_on_sale()
    asked = {"inventory": show.pk, "ticket": "BCDFGHJK-1"}
    assert as_person(a_customer()).post("/api/v1/check-ins/", asked, format="json").status_code == 403
    assert as_person(a_customer()).get("/api/v1/check-ins/", {"inventory": show.pk}).status_code == 403
    assert APIClient().post("/api/v1/check-ins/", asked, format="json").status_code == 401
