"""Who may open a socket to the site, does the site say that it lives, and what does a process begin with?"""

import subprocess
import sys

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.testing import WebsocketCommunicator
from django.conf import settings

from ticketsite.asgi import application
from ticketsite.sockets import TRY_AGAIN_LATER

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("origin", "let_in"),
    [([b"http://localhost:8000"], True), ([b"https://elsewhere.example"], False), ([b"null"], False), ([], True)],
)
async def test_our_own_pages_and_programs_may_listen_to_seat_maps(
    origin: list[bytes], let_in: bool, quiet_hub: None
) -> None:
    headers = [(b"origin", page) for page in origin]
    client = WebsocketCommunicator(application, "/ws/seat-maps/train-1/", headers=headers)
    accepted, _ = await client.connect(timeout=10)
    assert accepted is let_in
    await client.disconnect()


async def test_a_process_has_only_so_many_sockets_and_one_that_closes_makes_room(quiet_hub: None, monkeypatch) -> None:
    monkeypatch.setattr(application.application_mapping["websocket"], "_limit", 1)
    first, second, third = (WebsocketCommunicator(application, "/ws/seat-maps/train-1/") for _ in range(3))
    assert await first.connect(timeout=10) == (True, None)
    assert await second.connect(timeout=10) == (False, TRY_AGAIN_LATER)
    await first.disconnect()
    assert await third.connect(timeout=10) == (True, None)
    await third.disconnect()


@pytest.fixture
def quiet_hub(monkeypatch) -> None:
    monkeypatch.setattr("booking.live.hub.Hub.join", lambda *_, **__: None)


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


def test_a_process_does_not_begin_with_what_only_pages_rest_and_the_back_office_need():
    """It would take twice as long to be there again for those who follow seats, and so would every command."""
    loaded = "import sys, ticketsite.asgi; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", loaded], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    )
    late = {"ticketsite.urls", "booking.pages", "payments.pages", "booking.admin", "rest_framework.views", "openpyxl"}
    assert late & set(done.stdout.split()) == set()
