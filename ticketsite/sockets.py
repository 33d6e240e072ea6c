"""Who may open a WebSocket to the site, and how many may be open in one process, in all and from one address?"""

from collections import Counter
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

from channels.security.websocket import AllowedHostsOriginValidator

from .asgi_types import Application, Receive, Send

TRY_AGAIN_LATER = 1013
FULL, TOO_MANY_FROM_ONE = 503, 429
# Longer than a browser's own pause (static/js/reconnecting.js), so that a program is no quicker than people are.
RETRY_AFTER_S = 5
# One household is given so many addresses of version 6 at once, and one guest of a server as many.
_HOUSEHOLD_BITS = 64


def own_pages_and_programs(application: Application) -> Application:
    """Refuse pages of other sites. Only browsers say an Origin, and they always do; programs have no page to say."""
    for_pages = AllowedHostsOriginValidator(application)

    async def check(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        from_page = any(name == b"origin" for name, _ in scope["headers"])
        await (for_pages if from_page else application)(scope, receive, send)

    return check


class Sockets:
    """At most `limit` connections at once, `limit_per_address` of them from one address; others come back later.

    They are refused before the handshake. Of what proxies say about the address, `proxies` of them are believed, as
    REST's throttles do; whose address nobody knows counts among all alone.
    """

    def __init__(self, application: Application, *, limit: int, limit_per_address: int, proxies: int) -> None:
        self._application = application
        self._limit = limit
        self._limit_per_address = limit_per_address
        self._proxies = proxies
        self._open = 0
        self._open_from: Counter[str] = Counter()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        address = _household(_address(scope, self._proxies))
        if self._open >= self._limit:
            await _refuse(scope, send, FULL)
        elif address and self._open_from[address] >= self._limit_per_address:
            await _refuse(scope, send, TOO_MANY_FROM_ONE)
        else:
            await self._let_in(address, scope, receive, send)

    async def _let_in(self, address: str, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        self._open += 1
        self._open_from[address] += 1
        try:
            await self._application(scope, receive, send)
        finally:
            self._open -= 1
            self._open_from[address] -= 1
            if not self._open_from[address]:
                del self._open_from[address]


def _address(scope: dict[str, Any], proxies: int) -> str:
    """Each proxy adds at the end whom it was asked by; what stands before the last `proxies` may be anybody's word."""
    said = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for").decode("latin-1")
    if proxies and said:
        addresses = said.split(",")
        return addresses[-min(proxies, len(addresses))].strip()
    return scope["client"][0] if scope.get("client") else ""


def _household(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(IPv6Network((parsed, _HOUSEHOLD_BITS), strict=False))
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


async def _refuse(scope: dict[str, Any], send: Send, status: int) -> None:
    """With a status, where the server can send one in place of the handshake's answer."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})
        return
    headers = [(b"retry-after", str(RETRY_AFTER_S).encode()), (b"cache-control", b"no-store")]
    await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": b""})
