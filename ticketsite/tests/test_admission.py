"""What happens to requests when there are more of them than the process can serve?"""

import asyncio
import json

import pytest

from ticketsite.admission import Admission


class Site:
    """An application that answers when it is told to."""

    def __init__(self) -> None:
        self.inside = 0
        self.most_inside = 0
        self.may_answer = asyncio.Event()

    async def __call__(self, scope, receive, send):
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        try:
            await self.may_answer.wait()
            if scope["path"] == "/broken":
                raise RuntimeError("broken")
            await send({"type": "http.response.start", "status": 200, "headers": []})
        finally:
            self.inside -= 1


@pytest.fixture
async def site():
    return Site()


def admission(site, *, in_flight=2, waiting=3, patience_s=5.0, body_patience_s=5.0):
    return Admission(
        site,
        in_flight=in_flight,
        waiting=waiting,
        patience_s=patience_s,
        body_limit_bytes=100,
        body_patience_s=body_patience_s,
        open_paths=frozenset({"/healthz"}),
    )


async def body_of(*pieces, whole=True):
    """What a client sends: the pieces, then nothing for ever."""
    for number, piece in enumerate(pieces, 1):
        yield {"type": "http.request", "body": piece, "more_body": not whole or number < len(pieces)}
    await asyncio.Event().wait()


async def get(door, path="/", messages=None):
    """Status, headers and body of an answer."""
    sent = []

    async def send(message):
        sent.append(message)

    messages = messages or body_of(b"")
    await door({"type": "http", "path": path}, messages.__anext__, send)
    head, body = sent[0], sent[1]["body"] if len(sent) > 1 else b""
    return head["status"], dict(head["headers"]), body


async def waiting_for(seconds=0.02):
    await asyncio.sleep(seconds)


async def test_no_more_are_let_in_than_there_is_room_for_and_the_others_are_served_in_turn(site):
    door = admission(site)
    requests = [asyncio.create_task(get(door)) for _ in range(5)]
    await waiting_for()
    assert site.inside == 2
    site.may_answer.set()
    assert [(await request)[0] for request in requests] == [200] * 5
    assert site.most_inside == 2


async def test_whoever_finds_the_line_full_is_told_at_once_to_come_back(site):
    door = admission(site)
    requests = [asyncio.create_task(get(door)) for _ in range(5)]
    await waiting_for()
    async with asyncio.timeout(0.5):
        status, headers, body = await get(door)
    assert (status, headers[b"retry-after"]) == (503, b"1")
    assert b"Very busy" in body
    site.may_answer.set()
    assert [(await request)[0] for request in requests] == [200] * 5
    assert (await get(door))[0] == 200


async def test_a_program_is_told_in_its_own_words(site):
    door = admission(site, in_flight=1, waiting=0)
    busy = asyncio.create_task(get(door))
    await waiting_for()
    status, headers, body = await get(door, "/api/v1/holds/")
    problem = json.loads(body)
    assert (status, headers[b"content-type"]) == (503, b"application/problem+json")
    assert (problem["status"], problem["code"]) == (503, "busy")
    site.may_answer.set()
    await busy


async def test_nobody_waits_longer_than_is_of_use(site):
    door = admission(site, in_flight=1, patience_s=0.05)
    busy = asyncio.create_task(get(door))
    await waiting_for()
    assert (await get(door))[0] == 503
    site.may_answer.set()
    await busy
    assert (await get(door))[0] == 200


async def test_the_watchman_takes_no_room(site):
    door = admission(site, in_flight=1, waiting=0)
    busy = asyncio.create_task(get(door))
    await waiting_for()
    let_in = asyncio.create_task(get(door, "/healthz"))
    await waiting_for()
    assert site.inside == 2
    site.may_answer.set()
    assert (await let_in)[0] == (await busy)[0] == 200


async def test_a_request_that_breaks_leaves_its_room_to_the_next(site):
    door = admission(site, in_flight=1)
    site.may_answer.set()
    with pytest.raises(RuntimeError):
        await get(door, "/broken")
    assert (await get(door))[0] == 200


async def test_clients_that_send_slowly_keep_nobody_out(site):
    door = admission(site, body_patience_s=0.1)
    slow = [asyncio.create_task(get(door, "/orders/", body_of(b"a", whole=False))) for _ in range(20)]
    await waiting_for()
    site.may_answer.set()
    assert (await get(door))[0] == 200
    answers = [await request for request in slow]
    assert {(status, headers[b"connection"]) for status, headers, _ in answers} == {(408, b"close")}
    assert b"did not arrive in time" in answers[0][2]


async def test_a_body_that_is_too_large_is_refused_before_it_is_all_there(site):
    status, headers, body = await get(admission(site), "/api/v1/holds/", body_of(b"a" * 60, b"a" * 60, whole=False))
    assert (status, headers[b"content-type"], headers[b"connection"]) == (413, b"application/problem+json", b"close")
    assert json.loads(body)["code"] == "too-large"
    assert site.most_inside == 0


async def test_a_client_that_leaves_before_its_body_is_there_is_not_answered():
    async def leave():
        yield {"type": "http.request", "body": b"a", "more_body": True}
        yield {"type": "http.disconnect"}

    async def unwanted(*_):
        raise AssertionError("nobody is there")

    await admission(unwanted)({"type": "http", "path": "/"}, leave().__anext__, unwanted)


async def test_the_site_gets_the_whole_body_and_learns_when_the_client_leaves():
    async def send_and_leave():
        yield {"type": "http.request", "body": b"ab", "more_body": True}
        yield {"type": "http.request", "body": b"cd", "more_body": False}
        yield {"type": "http.disconnect"}

    received = []

    async def site(scope, receive, send):
        received.extend([await receive(), await receive()])

    await admission(site)({"type": "http", "path": "/"}, send_and_leave().__anext__, None)
    assert received == [
        {"type": "http.request", "body": b"abcd", "more_body": False},
        {"type": "http.disconnect"},
    ]
