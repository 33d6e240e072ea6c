"""How are thousands of sockets told the same? `uvicorn --ws ticketsite.broadcast:BroadcastProtocol`.

uvicorn makes a WebSocket frame of a text for each socket anew. On a map that many follow that is a good part of what
telling them costs; the rest is the system's, one write a socket.

And what may one of them cost that does not play its part? uvicorn closes only when its buffer is empty, which a client
that does not read never lets happen; it answers each ping, read or not; and it listens to 16 MiB at a time.
"""

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import State

# What browsers have to say to us is short, where they are asked anything at all.
HEARD_LIMIT_BYTES = 4 * 1024


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

    Who answers no ping, or was told to go and is still there when the next one is due, is cut off: `--ws-ping-interval`
    and `--ws-ping-timeout` after somebody stopped reading, nothing of the socket is left, whatever was on its way.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.conn.max_message_size = HEARD_LIMIT_BYTES

    async def send(self, message: Any) -> None:
        text = message.get("text") if message["type"] == "websocket.send" else None
        if text is not None and self._is_open and self.writable.is_set():
            self.transport.write(_latest.of(text))
        else:
            await super().send(message)

    @property
    def _is_open(self) -> bool:
        return self.conn.state is State.OPEN and not self.disconnected

    def send_keepalive_ping(self) -> None:
        if self.close_sent or self.transport.is_closing():
            self.transport.abort()
        else:
            super().send_keepalive_ping()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.transport.abort()

    def handle_ping(self) -> None:
        if self.writable.is_set():
            super().handle_ping()
        else:
            # Answers that nobody reads would pile up. The next ping is answered that comes when they are read again.
            self.conn.data_to_send()
