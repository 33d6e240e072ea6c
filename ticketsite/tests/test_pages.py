"""What does a visitor see when something is missing, forged or broken?"""

import pytest
from asgiref.sync import async_to_sync
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import OperationalError
from django.test import AsyncClient, Client

pytestmark = pytest.mark.django_db


def test_an_address_that_leads_nowhere_says_so_to_people_and_to_programs(client):
    page = client.get("/nowhere/")
    assert (page.status_code, page.templates[0].name) == (404, "404.html")
    answer = client.get("/api/v1/nowhere/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_what_nobody_foresaw_is_answered_without_a_stack_trace(monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("booking.selectors.upcoming_shows", broken)
    page = Client(raise_request_exception=False).get("/shows/")
    assert page.status_code == 500
    assert b"Something went wrong on our side" in page.content
    assert b"secret detail" not in page.content


@pytest.mark.parametrize(("path", "kind"), [("/shows/", "text/html"), ("/api/v1/places/", "application/problem+json")])
def test_a_database_that_is_busy_for_too_long_sends_people_and_programs_back_in_a_moment(path, kind, monkeypatch):
    def locked(*_):
        raise OperationalError("database is locked")

    monkeypatch.setattr(SessionMiddleware, "process_request", locked)
    under_asgi = async_to_sync(AsyncClient(raise_request_exception=False).get)
    for answer in (Client(raise_request_exception=False).get(path), under_asgi(path)):
        assert (answer.status_code, answer["Retry-After"]) == (503, "2")
        assert answer["Content-Type"].startswith(kind)
        assert b"Very busy just now" in answer.content or answer.json()["code"] == "busy"


def test_another_error_of_the_database_is_a_defect(monkeypatch):
    def broken(*_, **__):
        raise OperationalError("no such table: shows")

    monkeypatch.setattr("booking.selectors.upcoming_shows", broken)
    assert Client(raise_request_exception=False).get("/shows/").status_code == 500


def test_a_form_that_did_not_come_from_our_page_is_refused_in_words():
    page = Client(enforce_csrf_checks=True).post("/hold/", {})
    assert page.status_code == 403
    assert b"Please send this again" in page.content


def test_pages_may_not_be_framed_and_load_only_what_is_ours(client):
    page = client.get("/nowhere/")
    assert page["X-Frame-Options"] == "DENY"
    for directive in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert directive in page["Content-Security-Policy"]


def test_the_back_office_is_entered_by_the_sites_own_login_which_limits_guessing(client):
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2F"
    assert response.status_code == 200
