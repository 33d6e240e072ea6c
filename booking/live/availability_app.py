"""How do thousands of programs read a map every second? From the hub's memory, encoded once per change.

A bare ASGI application before the site. It answers only what it knows to be right, and leaves all else, first of all
every error, to the site, whose view (api/seat_maps.py) asks the database and the store. An inventory gets a place in
memory by an answer 200 of the site, so nobody fills the memory with names, and loses it by any other.

What is answered from here was true at most VALID_S ago, even if the watch on the store is broken and does not know it:
the board has been compared with the store since. Usually it is as old as news takes to arrive.
"""

import gzip
import json
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from .availability import body_of, etag_of
from .board import Board
from .hub import Hub, hub_of_this_process

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Site = Callable[[Scope, Receive, Send], Awaitable[None]]

PREFIX = "/api/v1/seat-maps/"
SUFFIX = "/availability/"

KEPT_LIMIT = 64
# Nobody has asked for so long: the map need not be followed any more.
IDLE_S = 300.0
# Asked for at all, a board is compared with the store this often.
VERIFY_EVERY_S = 1.0
VALID_S = 3.0
# One request in so long goes to the site, which knows what the store does not: whether this is on sale at all.
ASK_SITE_EVERY_S = 5.0
ENCODED_LIMIT = 32
# What fits into one packet gains nothing by being packed.
PACK_FROM_BYTES = 1_024

_NUMBER = re.compile(r"[0-9]{1,4}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent, as ASGI has it: 200 with the body, or 304 to whoever has it already."""

    etag: str
    start: dict[str, Any]
    body: dict[str, Any]
    not_modified: dict[str, Any]


@dataclass(slots=True)
class Kept:
    """An inventory that somebody asks for, with its answers by (first leg, last leg, packed) as of `state`."""

    board: Board
    used_at: float
    asked_site_at: float
    state: str = ""
    answers: dict[tuple[int, int, bool], Answer] = field(default_factory=dict)

    def answer(self, first: int, last: int, *, packed: bool) -> Answer:
        state = etag_of(self.board)
        if state != self.state or len(self.answers) >= ENCODED_LIMIT:
            self.state, self.answers = state, {}
        found = self.answers.get((first, last, packed))
        if found is None:
            found = self.answers[first, last, packed] = _encode(self.board, first, last, packed=packed)
        return found


class AvailabilityFromMemory:
    """An ASGI application before `site`.

    Args:
        hub: that of the running loop.
        now_s: a clock that never goes back, the hub's.
    """

    def __init__(
        self, site: Site, *, hub: Callable[[], Hub] = hub_of_this_process, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._site = site
        self._hub = hub
        self._now_s = now_s
        # The one that was asked for longest ago comes first.
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        inventory = _inventory_in(scope)
        if inventory is None:
            await self._site(scope, receive, send)
            return
        headers = dict(scope["headers"])
        answer = self._from_memory(inventory, scope, headers)
        if answer is None:
            await self._site(scope, receive, self._learning(inventory, send))
        elif _has(headers.get(b"if-none-match"), answer.etag):
            await send(answer.not_modified)
            await send({"type": "http.response.body"})
        else:
            await send(answer.start)
            await send(answer.body)

    # --- From memory ------------------------------------------------------------------------------

    def _from_memory(self, inventory: str, scope: Scope, headers: dict[bytes, bytes]) -> Answer | None:
        kept = self._kept.get(inventory)
        if kept is None or not _is_plain_request(scope, headers):
            return None
        hub, now, board = self._hub(), self._now_s(), kept.board
        kept.used_at = now
        self._kept.move_to_end(inventory)
        if hub.board(inventory) is not board:
            return None
        if now - board.verified_at > VERIFY_EVERY_S:
            hub.verify(inventory)
        if now - board.verified_at > VALID_S:
            return None
        if now - kept.asked_site_at > ASK_SITE_EVERY_S:
            kept.asked_site_at = now
            return None
        legs = _legs_in(scope["query_string"], board.legs)
        return kept.answer(*legs, packed=_takes_gzip(headers.get(b"accept-encoding", b""))) if legs else None

    # --- What the site says -----------------------------------------------------------------------

    def _learning(self, inventory: str, send: Send) -> Send:
        async def send_and_learn(message: Any) -> None:
            if message["type"] == "http.response.start":
                self._learn(inventory, message["status"])
            await send(message)

        return send_and_learn

    def _learn(self, inventory: str, status: int) -> None:
        if status in (200, 304):
            self._keep(inventory)
        elif status in (404, 409):
            self._let_go(inventory)

    def _keep(self, inventory: str) -> None:
        now, board = self._now_s(), self._hub().keep(inventory)
        kept = self._kept.get(inventory)
        if kept is None or kept.board is not board:
            self._kept[inventory] = Kept(board, used_at=now, asked_site_at=now)
        else:
            kept.asked_site_at = now
        self._kept.move_to_end(inventory)
        while len(self._kept) > KEPT_LIMIT or next(iter(self._kept.values())).used_at < now - IDLE_S:
            self._let_go(next(iter(self._kept)))

    def _let_go(self, inventory: str) -> None:
        if self._kept.pop(inventory, None) is not None:
            self._hub().let_go(inventory)


# --- Requests -------------------------------------------------------------------------------------


def _inventory_in(scope: Scope) -> str | None:
    path = scope.get("path", "")
    if scope["type"] != "http" or not path.startswith(PREFIX) or not path.endswith(SUFFIX) or scope["method"] != "GET":
        return None
    inventory = path[len(PREFIX) : -len(SUFFIX)]
    return inventory if inventory and "/" not in inventory else None


def _is_plain_request(scope: Scope, headers: dict[bytes, bytes]) -> bool:
    """Whether there is nothing about it that the site would refuse, redirect or answer in another form."""
    accept = headers.get(b"accept", b"*/*")
    if b"*/*" not in accept and b"application/json" not in accept:
        return False
    is_secure = scope["scheme"] == "https" or headers.get(b"x-forwarded-proto") == b"https"
    if settings.SECURE_SSL_REDIRECT and not is_secure:
        return False
    domain, _ = split_domain_port(headers.get(b"host", b"").decode("latin-1"))
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


def _legs_in(query: bytes, legs: int) -> tuple[int, int] | None:
    """The legs asked for, counted from 1; None if the question is not a plain one, or not a right one."""
    if not query:
        return 1, legs
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    asked = dict(pairs)
    if len(asked) < len(pairs) or not asked.keys() <= {"first", "last"}:
        return None
    if not all(_NUMBER.fullmatch(value) for value in asked.values()):
        return None
    first, last = int(asked.get("first", 1)), int(asked.get("last", legs))
    return (first, last) if 1 <= first <= last <= legs else None


def _takes_gzip(accept_encoding: bytes) -> bool:
    return b"gzip" in accept_encoding and b"gzip;q=0" not in accept_encoding.replace(b" ", b"")


def _has(if_none_match: bytes | None, etag: str) -> bool:
    """Whether one of the ETags that the client has is this one (RFC 9110, 13.1.2: compared weakly)."""
    if if_none_match is None:
        return False
    known = if_none_match.decode("latin-1")
    return known == etag or known.strip() == "*" or etag in [tag.strip().removeprefix("W/") for tag in known.split(",")]


# --- Answers --------------------------------------------------------------------------------------


def _encode(board: Board, first: int, last: int, *, packed: bool) -> Answer:
    body = json.dumps(body_of(board, first, last), ensure_ascii=False, separators=(",", ":")).encode()
    etag = etag_of(board)
    content = [(b"content-type", b"application/json")]
    if packed and len(body) >= PACK_FROM_BYTES:
        # Other bytes, so another strong ETag.
        body, etag = gzip.compress(body, compresslevel=5, mtime=0), f"{etag}-gzip"
        content.append((b"content-encoding", b"gzip"))
    quoted = f'"{etag}"'
    common = [
        (b"etag", quoted.encode()),
        (b"cache-control", b"no-cache"),
        (b"vary", b"Accept, Accept-Encoding"),
        (b"x-content-type-options", b"nosniff"),
    ]
    length = (b"content-length", str(len(body)).encode())
    return Answer(
        quoted,
        {"type": "http.response.start", "status": 200, "headers": [*content, length, *common]},
        {"type": "http.response.body", "body": body},
        {"type": "http.response.start", "status": 304, "headers": common},
    )
