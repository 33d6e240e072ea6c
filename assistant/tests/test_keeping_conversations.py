"""Conversations: whose they are, how long they are kept, and that nobody else ever sees one."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import rooms
from accounts.adopting import adopt_guests
from accounts.erasing import erase
from accounts.models import User
from accounts.services import vouch_for
from assistant.asking import ask as answered
from assistant.callers import Caller
from assistant.conversations import (
    CONVERSATIONS_KEPT,
    KEPT_FOR_CUSTOMERS,
    KEPT_FOR_OTHERS,
    TURNS_KEPT,
    forget_conversations,
    keep_turn,
)
from assistant.models import Conversation, ModelUse, Turn

from .conftest import NOW

URL = "/api/v1/assistant/"

pytestmark = pytest.mark.usefixtures("world")


def client_of(person: User | None = None) -> APIClient:
    client = APIClient()
    if person is not None:
        client.force_authenticate(person)
    return client


def ask(client: APIClient, message: str = "help", *, conversation=None, key="", status=200) -> dict:
    headers = {"Conversation-Key": key} if key else {}
    body = {"message": message, **({"conversation": conversation} if conversation else {})}
    response = client.post(URL, body, format="json", headers=headers)
    assert response.status_code == status, response.content
    return response.json()


def place_of(answer: dict) -> str:
    return f"{URL}conversations/{answer['conversation']}/"


def test_a_conversation_goes_on_where_its_id_is_shown(asha):
    client = client_of(asha)
    first = ask(client, "how do I book?")
    second = ask(client, "and how do I pay?", conversation=first["conversation"])
    assert (first["number"], second["number"]) == (1, 2)
    assert second["conversation"] == first["conversation"]
    assert first["conversation_key"] == ""
    whole = client.get(place_of(first)).json()
    assert [turn["question"] for turn in whole["turns"]] == ["how do I book?", "and how do I pay?"]
    assert whole["turns"][1]["answer"] == second["answer"]
    assert whole["turns"][1]["suggestions"] == second["suggestions"]


def test_what_was_said_counts_for_the_next_question(asha):
    caller = Caller(asha, "192.0.2.7")
    first = answered(message="is there a train from Mumbai to Surat?", caller=caller, within=None, now=NOW)
    assert "On which day?" in first.answer.text
    begun = Conversation.objects.get(pk=first.conversation)
    assert "12951" in answered(message="tomorrow", caller=caller, within=begun, now=NOW).answer.text


def test_nobody_else_reads_goes_on_with_or_deletes_a_conversation(asha, ravi):
    mine = ask(client_of(asha), "my bookings")
    for stranger in (client_of(ravi), client_of()):
        for key in ("", "guessed"):
            assert ask(stranger, conversation=mine["conversation"], key=key, status=404)["code"] == (
                "conversation-unknown"
            )
        assert stranger.get(place_of(mine)).status_code == 404
        assert stranger.delete(place_of(mine)).status_code == 404
    assert client_of(ravi).get(f"{URL}conversations/").json()["results"] == []
    assert client_of().get(f"{URL}conversations/").status_code == 401
    assert Turn.objects.count() == 1


def test_who_is_not_logged_in_shows_the_key_that_was_told_once(ravi):
    begun = ask(client_of())
    key = begun["conversation_key"]
    assert len(key) >= 32
    assert key not in json.dumps(list(Conversation.objects.values()), default=str)
    assert ask(client_of(), conversation=begun["conversation"], key=key)["conversation_key"] == ""
    headers = {"Conversation-Key": key}
    assert len(client_of().get(place_of(begun), headers=headers).json()["turns"]) == 2
    assert client_of().get(place_of(begun), headers={"Conversation-Key": key[:-1]}).status_code == 404
    assert client_of(ravi).get(place_of(begun)).status_code == 404


def test_who_logs_in_and_goes_on_takes_the_conversation_along(asha, ravi):
    begun = ask(client_of(), "my bookings")
    key = begun["conversation_key"]
    assert begun["answer"].startswith("Please log in")
    asked = ask(client_of(asha), "my bookings", conversation=begun["conversation"], key=key)
    assert "no bookings yet" in asked["answer"]
    # From then on the account counts, and the key opens nothing.
    for other in (client_of(), client_of(ravi)):
        assert other.get(place_of(begun), headers={"Conversation-Key": key}).status_code == 404


@pytest.mark.parametrize("conversation", ["0b7d2a52-3c0e-4a7b-9d7e-6f3f5a0c9e11", "1", "../orders", 7, ["x"]])
def test_an_id_that_is_none_is_refused(asha, conversation):
    assert client_of(asha).post(URL, {"message": "help", "conversation": conversation}, format="json").status_code in (
        400,
        404,
    )


def test_a_customer_may_have_a_conversation_forgotten(asha):
    client = client_of(asha)
    begun = ask(client)
    assert [each["id"] for each in client.get(f"{URL}conversations/").json()["results"]] == [begun["conversation"]]
    assert client.delete(place_of(begun)).status_code == 204
    assert client.get(place_of(begun)).status_code == 404
    assert Turn.objects.count() == 0


def test_the_newest_turns_and_conversations_are_kept(asha):
    client = client_of(asha)
    begun = Conversation.objects.get(pk=ask(client)["conversation"])
    said = {"question": "q", "answer": "a", "intent": "help", "took_ms": 1}
    for _ in range(TURNS_KEPT + 2):
        last = keep_turn(conversation=begun, person=asha, context={}, now=timezone.now(), **said)
    assert begun.turns.count() == TURNS_KEPT
    assert last.number == TURNS_KEPT + 3
    for number in range(CONVERSATIONS_KEPT):
        now = timezone.now() - timedelta(hours=1 + number)
        Conversation.objects.create(customer=asha, created_at=now, used_at=now)
    newest = ask(client)["conversation"]
    kept = {str(pk) for pk in Conversation.objects.values_list("pk", flat=True)}
    assert len(kept) == CONVERSATIONS_KEPT
    assert {newest, str(begun.pk)} <= kept


def test_the_worker_forgets_what_nobody_goes_on_with(asha):
    of_customer, of_nobody = ask(client_of(asha)), ask(client_of())
    now = timezone.now()
    assert forget_conversations(now=now, limit=10) == 0
    assert forget_conversations(now=now + KEPT_FOR_OTHERS + timedelta(minutes=1), limit=10) == 1
    assert str(Conversation.objects.get().pk) == of_customer["conversation"] != of_nobody["conversation"]
    assert forget_conversations(now=now + KEPT_FOR_CUSTOMERS + timedelta(minutes=1), limit=10) == 1


def test_conversations_are_in_the_export_and_go_with_the_account(asha):
    ask(client_of(asha), "how do I pay?")
    room = dict(rooms.rooms())["assistant"]
    kept = room.kept_of(person=asha)["conversations"]
    assert [turn["question"] for turn in kept[0]["turns"]] == ["how do I pay?"]
    ModelUse.objects.create(day=NOW.date(), who=f"customer-{asha.pk}", tokens=7)
    erase(person=asha, now=timezone.now(), although=False)
    assert (Conversation.objects.count(), ModelUse.objects.count()) == (0, 0)


def test_a_guests_conversations_become_the_accounts(asha):
    guest = User.objects.create_user("guest-1@guest.invalid", guest_email="asha@example.com", is_active=False)
    ask(client_of(guest))
    vouch_for(person=asha)
    assert adopt_guests(person=asha) == 1
    assert Conversation.objects.get().customer == asha


def test_a_question_under_a_key_is_one_turn_however_often_it_comes_also_as_a_stream(asha):
    client = client_of(asha)

    def once(message: str, **headers: str):
        return client.post(URL, {"message": message}, format="json", headers={"Idempotency-Key": "k1", **headers})

    first, again = once("how do I book?"), once("how do I book?")
    assert (first.status_code, again.json()) == (200, first.json())
    streamed = b"".join(once("how do I book?", Accept="text/event-stream").streaming_content).decode()
    assert first.json()["conversation"] in streamed
    assert Turn.objects.count() == 1
    assert once("how do I pay?").status_code == 422


def test_a_question_that_was_answered_and_not_written_down_is_answered_under_its_key(asha, monkeypatch):
    client = client_of(asha)

    def once() -> int:
        return client.post(URL, {"message": "help"}, format="json", headers={"Idempotency-Key": "k1"}).status_code

    with monkeypatch.context() as patched:
        patched.setattr("assistant.asking.keep_turn", lambda **_: 1 / 0)
        assert once() == 500
    assert not Conversation.objects.exists()
    assert once() == 200
