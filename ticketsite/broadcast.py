"""How is what thousands of sockets are told encoded once? `uvicorn --ws ticketsite.broadcast:BroadcastProtocol`.

uvicorn makes a WebSocket frame of a text for each socket anew. On a map that many follow that is a good part of what
telling them costs; the rest is the system's, one write a socket. Without this, all works as well and costs more.
"""

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import State


class _LatestFrame:
    """The frame of the text that was sent last. Known by its identity: who sends it to many sends the same object."""

    def __init__(self) -> None:
        self._text: str | None = None
        self._frame = b""

    def of(self, text: str) -> bytes:
        if text is not self._text:
            self._frame = Frame(Opcode.TEXT, text.encode()).serialize(mask=False)
            self._text = text
        return self._frame


_latest = _LatestFrame()


class BroadcastProtocol(WebSocketsSansIOProtocol):
    """uvicorn's own, with a short way for a text on a socket that is open and can take it.

    That text is not compressed, which a client that offers to decompress must accept (RFC 7692, 6): it would have to be
    done for each socket anew. `--ws-per-message-deflate false` saves the memory that each would keep for it.
    """

    async def send(self, message: Any) -> None:
        text = message.get("text") if message["type"] == "websocket.send" else None
        if text is not None and self._is_open and self.writable.is_set():
            self.transport.write(_latest.of(text))
        else:
            await super().send(message)

    @property
    def _is_open(self) -> bool:
        return self.conn.state is State.OPEN and not self.disconnected
