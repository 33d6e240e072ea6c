"""The assistant's page and panel: as a form, and as what the panel's script asks."""

import re

import pytest
from django.test import Client

from assistant.throttling import QuestionThrottle

URL = "/assistant/"
JSON = {"accept": "application/json"}


def test_without_script_the_form_is_answered_by_a_page(world, client):
    response = client.post(URL, {"message": "how do I cancel?"})
    assert response.status_code == 200
    assert "how do I cancel?" in response.text
    assert "shown before you decide" in response.text
    assert '<a href="/orders/">My bookings</a>' in response.text


def test_the_script_gets_json(world, client):
    response = client.post(URL, {"message": "help"}, headers=JSON)
    assert response["Content-Type"] == "application/json"
    assert response.json()["intent"] == "help"


def test_the_page_answers_for_whoever_is_logged_in(world, client, asha):
    assert "Please log in first" in client.post(URL, {"message": "my bookings"}).text
    client.force_login(asha)
    assert "You have no bookings yet." in client.post(URL, {"message": "my bookings"}).text


def test_what_was_asked_is_shown_as_text_never_as_markup(world, client):
    page = client.post(URL, {"message": "<b>help</b>"}).text
    assert "<b>help</b>" not in page
    assert "&lt;b&gt;help&lt;/b&gt;" in page


@pytest.mark.parametrize(
    ("message", "error"), [("  ", "Write a question first."), ("long " * 101, "at most 500 characters")]
)
def test_a_message_that_is_none_is_refused_and_kept_for_correction(world, client, message, error):
    page = client.post(URL, {"message": message})
    assert page.status_code == 400
    assert error in page.text
    assert 'aria-invalid="true"' in page.text
    assert message.strip() in page.text
    response = client.post(URL, {"message": message}, headers=JSON)
    assert response.status_code == 400
    assert error in response.json()["error"]


def test_too_many_questions_are_told_when_to_come_back(world, client, monkeypatch):
    monkeypatch.setattr(QuestionThrottle, "rate", "1/min")
    client.post(URL, {"message": "help"})
    response = client.post(URL, {"message": "help"})
    assert response.status_code == 429
    assert int(response["Retry-After"]) >= 1
    assert "Please wait a moment" in response.text


def test_a_form_from_elsewhere_is_refused(world):
    assert Client(enforce_csrf_checks=True).post(URL, {"message": "help"}).status_code == 403


def test_every_other_page_has_the_panel_and_its_own_page_has_not(world, client):
    assert 'class="assistant-panel"' in client.get("/").text
    page = client.get(URL).text
    assert 'class="assistant-panel"' not in page
    assert 'role="log" aria-live="polite"' in page


def test_nothing_is_inline_so_the_content_security_policy_holds(world, client):
    for page in (client.get(URL), client.post(URL, {"message": "help"}), client.get("/")):
        assert "default-src 'self'" in page["Content-Security-Policy"]
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", page.text)
