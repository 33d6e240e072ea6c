"""Who may open a WebSocket to the site, and how many may be open in one process?"""

from typing import Any

from channels.security.websocket import AllowedHostsOriginValidator

from .asgi_types import Application, Receive, Send

TRY_AGAIN_LATER = 1013


def own_pages_and_programs(application: Application) -> Application:
    """Refuse pages of other sites. Only browsers say an Origin, and they always do; programs have no page to say."""
    for_pages = AllowedHostsOriginValidator(application)

    async def check(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        from_page = any(name == b"origin" for name, _ in scope["headers"])
        await (for_pages if from_page else application)(scope, receive, send)

    return check


class Sockets:
    """At most `limit` connections at once; others are refused before the handshake and come back later."""

    def __init__(self, application: Application, *, limit: int) -> None:
        self._application = application
        self._limit = limit
        self._open = 0

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if self._open >= self._limit:
            await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})
            return
        self._open += 1
        try:
            await self._application(scope, receive, send)
        finally:
            self._open -= 1
