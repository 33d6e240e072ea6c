"""Whatever goes wrong under /api/, a client reads one kind of document."""

import logging

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404
from django.test import RequestFactory
from rest_framework import exceptions
from rest_framework.test import APIClient

from accounts import api as accounts_api
from booking import seatstore
from booking.errors import TooManySeats
from payments.gateways import GatewayUnavailable
from ticketsite.problems import problem_response, server_error

CONTEXT = {"request": RequestFactory().get("/api/v1/anything/")}


@pytest.mark.parametrize(
    ("error", "status", "code", "more"),
    [
        (seatstore.SeatsTaken(["A-1"]), 409, "seats-taken", {"seats": ["A-1"]}),
        (seatstore.HoldEnded("expired"), 409, "hold-ended", {"state": "expired"}),
        (seatstore.SeatStoreRefused("unknown_seat", "No seat Z."), 400, "unknown-seat", {}),
        (seatstore.SeatStoreRefused("inventory_closed", "It is closed."), 409, "not-on-sale", {}),
        (seatstore.SeatStoreRefused("wrong_seed", "Not this."), 409, "store-refused", {"detail": "Not this."}),
        (TooManySeats(10), 400, "too-many-seats", {"limit": 10}),
        (Http404("You have no such order."), 404, "not-found", {"detail": "You have no such order."}),
        (PermissionDenied(), 403, "permission-denied", {}),
        (exceptions.ValidationError({"to": ["Missing."]}), 400, "invalid", {"errors": {"to": ["Missing."]}}),
        (
            exceptions.ValidationError({"to": ["There."]}, code="unclear"),
            400,
            "unclear",
            {"errors": {"to": ["There."]}},
        ),
        (
            exceptions.ValidationError("Both.", code="unclear"),
            400,
            "unclear",
            {"errors": {"non_field_errors": ["Both."]}},
        ),
        (exceptions.ValidationError({"a": ["It."]}, code="made-up"), 400, "invalid", {"errors": {"a": ["It."]}}),
        (exceptions.ParseError(), 400, "parse-error", {}),
        (exceptions.MethodNotAllowed("PUT"), 405, "method-not-allowed", {"title": "Method Not Allowed"}),
        (OperationalError("database is locked"), 503, "busy", {}),
        (OperationalError("server closed the connection unexpectedly"), 503, "busy", {}),
        (OperationalError("no such table: orders"), 500, "server-error", {}),
        (exceptions.UnsupportedMediaType("text/plain"), 415, "unsupported-media-type", {}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_error_has_its_status_and_code(error, status, code, more):
    answer = problem_response(error, CONTEXT)
    assert answer.status_code == answer.data["status"] == status
    assert answer.content_type == "application/problem+json"
    assert answer.data["code"] == code
    assert answer.data["type"] == f"/api/v1/problems/{code}/"
    assert answer.data["title"]
    assert {key: answer.data[key] for key in more} == more


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (seatstore.StoreUnavailable("no leader", 3), "3"),
        (seatstore.OutcomeUnknown("no answer", 1), "1"),
        (GatewayUnavailable(retry_after_s=2), "2"),
        (OperationalError("database is locked"), "2"),
        (exceptions.Throttled(wait=0.2), "1"),
        (exceptions.Throttled(wait=41.2), "42"),
    ],
)
def test_who_is_to_come_back_is_told_when(error, seconds):
    assert problem_response(error, CONTEXT).headers["Retry-After"] == seconds


def test_what_nobody_foresaw_is_logged_and_tells_the_client_nothing(caplog):
    with caplog.at_level(logging.ERROR):
        answer = problem_response(RuntimeError("a secret"), CONTEXT)
    assert (answer.status_code, answer.data["code"]) == (500, "server-error")
    assert "a secret" not in str(answer.data)
    assert "a secret" in caplog.text


@pytest.mark.django_db
def test_a_view_that_breaks_answers_with_a_problem(monkeypatch):
    monkeypatch.setattr(accounts_api, "get_adapter", lambda *args: 1 / 0)
    answer = APIClient().post("/api/v1/token/", {"email": "a@example.com", "password": "x"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (500, "server-error")


def test_outside_of_a_view_the_same_document_is_sent():
    answer = server_error(CONTEXT["request"])
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")


@pytest.mark.parametrize("path", ["/api/v1/nothing/", "/api/v1/"])
def test_an_address_that_leads_nowhere_is_a_problem_too(path):
    answer = APIClient().get(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_whoever_sends_something_to_an_address_that_leads_nowhere_is_told_so_and_not_asked_for_a_form_s_token():
    answer = APIClient(enforce_csrf_checks=True).post("/api/v1/seets/", {"seats": ["A-1"]}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_a_body_that_is_no_json_is_a_problem():
    answer = APIClient().post("/api/v1/token/", "{", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "parse-error")
