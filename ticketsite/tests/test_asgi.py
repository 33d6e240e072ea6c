"""Who may open a socket to the site, and does the site say that it lives?"""

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.testing import WebsocketCommunicator

from ticketsite.asgi import application

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("origin", "let_in"),
    [(b"http://localhost:8000", True), (b"https://elsewhere.example", False), (b"null", False)],
)
async def test_only_our_own_pages_may_listen_to_seat_maps(origin: bytes, let_in: bool, monkeypatch) -> None:
    monkeypatch.setattr("booking.hub.Hub.join", lambda *_, **__: None)
    monkeypatch.setattr("booking.hub.Hub.leave", lambda *_: None)
    monkeypatch.setattr("booking.consumers.SeatMapConsumer._send_frames", _send_nothing)
    browser = WebsocketCommunicator(application, "/ws/seat-maps/train-1/", headers=[(b"origin", origin)])
    accepted, _ = await browser.connect(timeout=10)
    assert accepted is let_in
    await browser.disconnect()


async def _send_nothing(*_: object) -> None:
    pass


async def test_the_site_says_that_it_lives() -> None:
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/healthz",
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
    }
    request = ApplicationCommunicator(application, scope)
    await request.send_input({"type": "http.request", "body": b"", "more_body": False})
    assert (await request.receive_output(timeout=10))["status"] == 200
    assert (await request.receive_output(timeout=10))["body"] == b"ok"
    await request.wait()
