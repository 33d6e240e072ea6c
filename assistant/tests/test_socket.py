"""The assistant over a WebSocket: word by word, one question at a time, for whoever is logged in at that moment."""

import json
import threading

import pytest
from asgiref.sync import sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from accounts.tokens import issue_tokens
from assistant import consumers, spoken
from assistant.routes import websocket_urlpatterns
from assistant.throttling import QuestionThrottle
from tests.running.waiting import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("world")]


async def connected(**headers: str) -> WebsocketCommunicator:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    communicator = WebsocketCommunicator(URLRouter(websocket_urlpatterns), "/ws/assistant/", headers=raw)
    communicator.scope["client"] = ("192.0.2.9", 4711)
    accepted, _ = await communicator.connect(timeout=10)
    assert accepted
    return communicator


async def answer_to(socket: WebsocketCommunicator, question: object) -> tuple[list[str], dict]:
    """The words that came, and the event that ended them."""
    await socket.send_to(text_data=question if isinstance(question, str) else json.dumps(question))
    words = []
    while True:
        event = json.loads(await socket.receive_from(timeout=20))
        if event["type"] == "words":
            words.append(event["text"])
        elif event["type"] != "begun":
            return words, event


async def test_words_come_before_the_whole_answer_and_the_conversation_goes_on():
    socket = await connected()
    words, first = await answer_to(socket, {"message": "how do I pay?"})
    assert (first["type"], first["intent"]) == ("answer", "how_to_pay")
    assert "".join(words) == first["answer"]
    place = {"conversation": first["conversation"], "key": first["conversation_key"]}
    _, second = await answer_to(socket, {"message": "help", **place})
    assert (second["number"], second["conversation_key"]) == (2, "")
    _, refused = await answer_to(socket, {"message": "help", **place, "key": "guessed"})
    assert (refused["type"], refused["code"]) == ("problem", "conversation-unknown")
    await socket.disconnect()


async def test_a_browser_is_known_by_its_session_until_it_logs_out(asha):
    browser = Client()
    await sync_to_async(browser.force_login)(asha)
    socket = await connected(
        Cookie=f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
    )
    assert (await answer_to(socket, {"message": "my bookings"}))[1]["answer"] == "You have no bookings yet."
    await sync_to_async(browser.logout)()
    assert (await answer_to(socket, {"message": "my bookings"}))[1]["answer"].startswith("Please log in")
    await socket.disconnect()


async def test_a_program_is_known_by_its_token(asha):
    tokens = await sync_to_async(issue_tokens)(user=asha)
    socket = await connected(Authorization=f"Bearer {tokens.access}")
    assert (await answer_to(socket, {"message": "my bookings"}))[1]["answer"] == "You have no bookings yet."
    await socket.disconnect()
    socket = await connected(Authorization="Bearer nonsense")
    assert (await answer_to(socket, {"message": "help"}))[1]["code"] == "authentication-failed"
    await socket.disconnect()


async def test_what_is_no_question_is_refused_and_the_socket_stays():
    socket = await connected()
    for text in ("help", "[]", "7", "{}", '{"message": "  "}', json.dumps({"message": "a" * 501})):
        _, event = await answer_to(socket, text)
        assert (event["type"], event["status"], event["code"]) == ("problem", 400, "invalid"), text
    assert (await answer_to(socket, {"message": "help"}))[1]["type"] == "answer"
    await socket.disconnect()


async def test_who_asks_before_the_answer_came_is_told_to_wait(monkeypatch):
    go_on = threading.Event()
    answered = spoken.ask
    monkeypatch.setattr(spoken, "ask", lambda **given: go_on.wait(20) and answered(**given))
    socket = await connected()
    await socket.send_to(text_data=json.dumps({"message": "help"}))
    assert json.loads(await socket.receive_from(timeout=10)) == {"type": "begun"}
    await socket.send_to(text_data=json.dumps({"message": "help"}))
    assert json.loads(await socket.receive_from(timeout=10))["code"] == "one-question-at-a-time"
    go_on.set()
    while json.loads(await socket.receive_from(timeout=20))["type"] != "answer":
        pass
    await socket.disconnect()


async def test_beyond_the_line_somebody_is_told_at_once_to_come_again(monkeypatch):
    monkeypatch.setattr(consumers, "THREADS", 0)
    monkeypatch.setattr(consumers, "WAITING_LIMIT", 0)
    socket = await connected()
    _, event = await answer_to(socket, {"message": "help"})
    assert (event["status"], event["code"], event["retry_after"]) == (503, "busy", 2)
    await socket.disconnect()


async def test_an_answer_that_does_not_come_is_not_waited_for_for_ever(monkeypatch):
    go_on = threading.Event()
    answered = spoken.ask
    monkeypatch.setattr(spoken, "ask", lambda **given: go_on.wait(20) and answered(**given))
    monkeypatch.setattr(consumers, "DEADLINE_S", 0.1)
    socket = await connected()
    assert (await answer_to(socket, {"message": "help"}))[1]["code"] == "busy"
    go_on.set()
    await sync_to_async(wait_for)(lambda: consumers._under_way == 0, "the thread to end what it does")
    await socket.disconnect()


async def test_questions_count_against_the_same_allowance_as_by_rest(monkeypatch):
    monkeypatch.setattr(QuestionThrottle, "rate", "1/min")
    socket = await connected()
    assert (await answer_to(socket, {"message": "help"}))[1]["type"] == "answer"
    _, event = await answer_to(socket, {"message": "help"})
    assert (event["status"], event["code"]) == (429, "throttled")
    assert event["retry_after"] >= 1
    await socket.disconnect()


async def test_a_socket_over_which_nobody_asks_is_closed(monkeypatch):
    monkeypatch.setattr(consumers, "IDLE_LIMIT_S", 0.05)
    socket = await connected()
    closed = await socket.receive_output(timeout=10)
    assert (closed["type"], closed["code"]) == ("websocket.close", consumers.CLOSE_IDLE)
