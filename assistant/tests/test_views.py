"""The assistant's page: a form that works without script, and what the script finds to work with."""

import html
import re

import pytest
from django.test import Client

from assistant.models import Conversation, Turn
from assistant.throttling import QuestionThrottle

URL = "/assistant/"


def hidden_in(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(conversation|key)" value="([^"]*)">', page))


def test_without_script_the_form_is_answered_by_a_page(world, client):
    response = client.post(URL, {"message": "how do I cancel?"})
    assert response.status_code == 200
    assert "how do I cancel?" in response.text
    assert "shown before you decide" in response.text
    assert '<a href="/orders/">My bookings</a>' in response.text


def test_without_script_the_conversation_goes_on_by_what_the_form_hides(world, client):
    place = hidden_in(client.post(URL, {"message": "is there a train from Mumbai to Surat?"}).text)
    page = client.post(URL, {"message": "", "say": "tomorrow", **place}).text
    assert page.index("is there a train") < page.index("On which day?") < page.index("tomorrow")
    assert [turn.intent for turn in Turn.objects.all()] == ["trains", "trains"]
    assert hidden_in(page) == place
    assert Conversation.objects.count() == 1


def test_the_questions_that_the_page_begins_with_are_answered(world, client):
    page = client.get(URL).text
    examples = re.findall(r'form="assistant-page-say" name="say" value="([^"]*)"', page)
    for example in examples:
        client.post(URL, {"message": "", "say": html.unescape(example)})
    intents = [turn.intent for turn in Turn.objects.order_by("pk")]
    assert intents == ["whats_on", "my_bookings", "cancel", "how_to_pay"]


def test_a_conversation_that_is_not_theirs_is_not_shown_and_another_begins(world, client, asha, ravi):
    client.force_login(asha)
    place = hidden_in(client.post(URL, {"message": "how do I pay?"}).text)
    client.force_login(ravi)
    page = client.post(URL, {"message": "help", **place}).text
    assert "pay by card" not in page
    assert hidden_in(page)["conversation"] != place["conversation"]


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
