"""Asks an ASGI application for an inventory's availability, as a server would on a client's behalf."""

import asyncio
import json

from booking.live.availability_app import PREFIX, SUFFIX
from booking.tests.following import TRAIN


class Program:
    def __init__(self, application) -> None:
        self._application = application

    async def get(self, inventory=TRAIN, query=b"", method="GET", path=None, **headers) -> "Got":
        sent = []
        arriving = asyncio.Queue()
        arriving.put_nowait({"type": "http.request", "body": b"", "more_body": False})

        async def send(message):
            sent.append(message)

        named = {"host": "localhost", **{name.replace("_", "-"): value for name, value in headers.items()}}
        scope = {
            "type": "http",
            "method": method,
            "scheme": "http",
            "path": path or f"{PREFIX}{inventory}{SUFFIX}",
            "query_string": query,
            "headers": [(name.encode(), value.encode()) for name, value in named.items()],
        }
        await self._application(scope, arriving.get, send)
        return Got(sent[0]["status"], dict(sent[0]["headers"]), sent[1].get("body", b""))


class Got:
    def __init__(self, status, headers, body) -> None:
        self.status, self.body = status, body
        self.headers = {name.decode().lower(): value.decode() for name, value in headers.items()}
        self.from_memory = body != b"the site"

    @property
    def seats(self):
        return json.loads(self.body)["seats"]
