"""A request with a token passes what only pages need; a page, and a page's own request, does not."""

import gzip

import pytest
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.utils import translation
from simple_history.models import HistoricalRecords

from accounts.models import User
from accounts.tokens import issue_tokens
from ticketsite.page_middleware import office_authors

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return User.objects.create(email="ada@example.com", password="!")


def test_a_program_with_a_token_is_given_no_cookie_no_language_and_costs_one_query(person, django_assert_num_queries):
    token = issue_tokens(user=person).access
    program = Client(enforce_csrf_checks=True)
    # Of its browser, perhaps; the token alone counts.
    program.cookies["sessionid"] = "nonsense"
    with django_assert_num_queries(1):
        answer = program.get("/api/v1/me/", headers={"Authorization": f"Bearer {token}", "Accept-Language": "de"})
    assert (answer.status_code, answer.json()["email"]) == (200, person.email)
    assert not answer.cookies
    assert answer.headers.keys().isdisjoint({"Content-Language", "Content-Security-Policy"})


def test_a_token_that_is_wrong_does_not_make_the_session_beside_it_count(person):
    browser = Client()
    browser.force_login(person)
    assert browser.get("/api/v1/me/", headers={"Authorization": "Bearer nonsense"}).status_code == 401
    assert browser.get("/api/v1/me/", headers={"Authorization": "Basic nonsense"}).status_code == 401


def test_a_page_that_is_logged_in_may_use_the_api_by_its_session_and_must_show_its_csrf_token(person):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person)
    answer = browser.get("/api/v1/me/")
    assert (answer.status_code, answer.json()["email"]) == (200, person.email)
    assert answer.headers["Content-Security-Policy"]
    refused = browser.post("/api/v1/holds/", {}, content_type="application/json")
    assert (refused.status_code, "CSRF" in refused.json()["detail"]) == (403, True)
    assert Session.objects.count() == 1


def test_a_program_is_not_answered_in_the_language_of_whom_the_thread_served_before(person):
    token = issue_tokens(user=person).access
    with translation.override("de"):
        answer = Client().post(
            "/api/v1/holds/",
            {"seats": []},
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )
    assert answer.json()["errors"]["inventory"] == ["This field is required."]


def test_pages_have_all_they_need(client, person):
    client.force_login(person)
    page = client.get("/", headers={"Accept-Language": "de"})
    assert page.status_code == 200
    assert page.wsgi_request.user == person
    assert page.headers["Content-Security-Policy"]
    assert page.headers["Content-Language"] == "de"


@pytest.mark.parametrize(("address", "author"), [("/admin/", "ada@example.com"), ("/", None)])
def test_a_change_made_in_the_back_office_has_an_author_and_none_outlives_its_request(rf, person, address, author):
    seen = []

    def view(request):
        seen.append(getattr(HistoricalRecords.context, "request", None))
        return HttpResponse()

    request = rf.get(address)
    request.user = person
    office_authors(view)(request)
    assert [request and request.user.email for request in seen] == [author]
    assert not hasattr(HistoricalRecords.context, "request")


def test_a_page_is_packed_and_its_length_says_nothing_of_what_is_in_it():
    browser = Client(headers={"Accept-Encoding": "gzip, deflate, br"})
    pages = [browser.get("/accounts/password/reset/") for _ in range(8)]
    assert {page.headers["Content-Encoding"] for page in pages} == {"gzip"}
    assert b"</html>" in gzip.decompress(pages[0].content)
    assert len({len(page.content) for page in pages}) > 1


def test_what_programs_read_is_not_packed():
    program = Client(headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in program.get("/api/v1/schema/").headers
