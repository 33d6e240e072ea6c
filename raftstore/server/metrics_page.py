"""Where Prometheus reads: `GET /metrics` over HTTP, and over mutual TLS when the node speaks TLS."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from prometheus_client import CONTENT_TYPE_LATEST

from raftstore.errors import ConfigurationError
from raftstore.transport.security import Security

from .serving import check_protected

REQUEST_LIMIT_S = 5.0
REQUEST_LIMIT_BYTES = 16 << 10


@asynccontextmanager
async def metrics_page(address: str, text: Callable[[], bytes], security: Security | None) -> AsyncIterator[None]:
    """Serve what `text` returns while the context lasts.

    Raises:
        ConfigurationError: the address cannot be bound, or must not be without TLS.
    """
    check_protected(address, security)
    host, _, port = address.rpartition(":")

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(REQUEST_LIMIT_S):
                writer.write(_response(await reader.readuntil(b"\r\n\r\n"), text))
                await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            # Whoever asks this slowly, or for this much, is no Prometheus.
            pass
        finally:
            writer.close()

    try:
        server = await asyncio.start_server(
            answer,
            host.strip("[]"),
            int(port),
            limit=REQUEST_LIMIT_BYTES,
            ssl=security.server_context() if security else None,
            ssl_handshake_timeout=REQUEST_LIMIT_S if security else None,
        )
    except OSError as error:
        raise ConfigurationError(f"cannot serve metrics on {address}: {error.strerror}") from error
    async with server:
        yield


def _response(request: bytes, text: Callable[[], bytes]) -> bytes:
    """One HTTP/1.1 answer, after which the connection is closed."""
    words = request.split(b"\r\n", 1)[0].split(b" ")
    if len(words) != 3 or words[0] != b"GET" or words[1].split(b"?")[0] != b"/metrics":
        return _http("404 Not Found", "text/plain; charset=utf-8", b"There is only /metrics here.\n")
    return _http("200 OK", CONTENT_TYPE_LATEST, text())


def _http(status: str, content_type: str, body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
