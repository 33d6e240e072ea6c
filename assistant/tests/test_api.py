"""The assistant over REST: as JSON, and as server-sent events."""

import json
import re

import pytest
from django.test import AsyncClient
from rest_framework.test import APIClient

from assistant.throttling import QuestionThrottle

URL = "/api/v1/assistant/"
STREAM = {"Accept": "text/event-stream"}


@pytest.fixture
def client() -> APIClient:
    return APIClient()


def events_in(stream: bytes) -> list[tuple[str, dict]]:
    """By the rules for event streams: a blank line ends an event."""
    blocks = stream.decode().split("\n\n")
    assert blocks.pop() == ""
    named = [re.fullmatch(r"event: (\w+)\ndata: (.*)", block) for block in blocks]
    return [(match[1], json.loads(match[2])) for match in named if match]


def test_anybody_may_ask(world, client):
    response = client.post(URL, {"message": "how do I book?"}, format="json")
    assert response.status_code == 200
    assert response.json()["intent"] == "how_to_book"
    assert response.json()["answer"].startswith("To book:")
    assert response.json()["suggestions"][0] == {"label": "Search for trains", "url": "/", "say": ""}


def test_a_key_that_is_none_is_refused_whoever_asks(world, client):
    refused = client.post(URL, {"message": "help"}, format="json", headers={"Idempotency-Key": "k" * 129})
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid")


def test_who_is_logged_in_may_ask_for_bookings(world, client, asha):
    assert client.post(URL, {"message": "my bookings"}, format="json").json()["answer"].startswith("Please log in")
    client.force_authenticate(asha)
    assert client.post(URL, {"message": "my bookings"}, format="json").json()["answer"] == "You have no bookings yet."


@pytest.mark.parametrize("body", [{}, {"message": ""}, {"message": "   "}, {"message": "a" * 501}, {"message": None}])
@pytest.mark.parametrize("headers", [{}, STREAM])
def test_a_message_that_is_none_is_refused_by_name(db, client, body, headers):
    response = client.post(URL, body, format="json", headers=headers)
    assert response.status_code == 400
    assert response["Content-Type"].startswith("application/problem+json")
    assert "message" in json.loads(response.content)["errors"]


def test_too_many_questions_are_told_when_to_come_back(world, client, monkeypatch):
    monkeypatch.setattr(QuestionThrottle, "rate", "2/min")
    codes = [client.post(URL, {"message": "help"}, format="json").status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert int(client.post(URL, {"message": "help"}, format="json")["Retry-After"]) >= 1


def test_the_allowance_is_each_customers_own(world, client, asha, ravi, monkeypatch):
    monkeypatch.setattr(QuestionThrottle, "rate", "1/min")
    for customer in (asha, ravi):
        client.force_authenticate(customer)
        assert client.post(URL, {"message": "help"}, format="json").status_code == 200


def test_a_stream_begins_at_once_and_brings_word_by_word_what_is_then_told_whole(world, client):
    response = client.post(URL, {"message": "how do I pay?"}, format="json", headers=STREAM)
    assert response["Content-Type"] == "text/event-stream"
    assert response["X-Accel-Buffering"] == "no"
    (begun, _), *words, (last, answer) = events_in(b"".join(response.streaming_content))
    assert (begun, last) == ("begun", "answer")
    assert {kind for kind, _ in words} == {"words"}
    assert len(words) > 20
    assert "".join(word["text"] for _, word in words) == answer["answer"]
    plain = client.post(URL, {"message": "how do I pay?"}, format="json").json()
    assert answer.keys() == plain.keys()
    assert answer["answer"] == plain["answer"]


@pytest.mark.django_db(transaction=True)
async def test_under_asgi_the_same_is_streamed(world):
    response = await AsyncClient().post(
        URL,
        {"message": "wie bezahle ich?"},
        content_type="application/json",
        headers={**STREAM, "Accept-Language": "de"},
    )
    events = events_in(b"".join([part async for part in response.streaming_content]))
    assert [events[0][0], events[-1][0]] == ["begun", "answer"]


def test_an_error_after_the_beginning_is_an_event(world, client, monkeypatch):
    monkeypatch.setattr("assistant.asking.answer", lambda **_: 1 / 0)
    response = client.post(URL, {"message": "help"}, format="json", headers=STREAM)
    events = events_in(b"".join(response.streaming_content))
    assert [(kind, event.get("code")) for kind, event in events] == [("begun", None), ("problem", "server-error")]


def test_the_schema_describes_it(client):
    schema = client.get("/api/v1/schema/?format=json").json()
    operation = schema["paths"][URL]["post"]
    assert operation["operationId"] == "assistant_ask"
    assert {} in operation["security"], "logging in is optional"
    assert operation["responses"]["200"]["content"].keys() == {"application/json", "text/event-stream"}
