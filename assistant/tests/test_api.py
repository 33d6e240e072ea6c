"""The assistant over REST."""

import pytest
from rest_framework.test import APIClient

from assistant.throttling import QuestionThrottle

URL = "/api/v1/assistant/"


@pytest.fixture
def client() -> APIClient:
    return APIClient()


def test_anybody_may_ask(world, client):
    response = client.post(URL, {"message": "how do I book?"}, format="json")
    assert response.status_code == 200
    assert response.json()["intent"] == "how_to_book"
    assert response.json()["answer"].startswith("To book:")
    assert response.json()["suggestions"][0] == {"label": "Search for trains", "url": "/", "say": ""}


def test_who_is_logged_in_may_ask_for_bookings(world, client, asha):
    assert client.post(URL, {"message": "my bookings"}, format="json").json()["answer"].startswith("Please log in")
    client.force_authenticate(asha)
    assert client.post(URL, {"message": "my bookings"}, format="json").json()["answer"] == "You have no bookings yet."


@pytest.mark.parametrize("body", [{}, {"message": ""}, {"message": "   "}, {"message": "a" * 501}, {"message": None}])
def test_a_message_that_is_none_is_refused_by_name(db, client, body):
    response = client.post(URL, body, format="json")
    assert response.status_code == 400
    assert response["Content-Type"].startswith("application/problem+json")
    assert "message" in response.json()["errors"]


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


def test_the_schema_describes_it(client):
    schema = client.get("/api/v1/schema/?format=json").json()
    operation = schema["paths"][URL]["post"]
    assert operation["operationId"] == "assistant_ask"
    assert {} in operation["security"], "logging in is optional"
