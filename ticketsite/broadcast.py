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

# The extension of a WebSocket's scope that offers `send_text`, a plain call: whether the text could be sent without
# waiting. Telling thousands that way takes a third less than by a coroutine each.
AT_ONCE = "ticketsite.at_once"
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

    async def run_asgi(self) -> None:
        self.scope["extensions"][AT_ONCE] = {"send_text": self.send_text}
        await super().run_asgi()

    def send_text(self, text: str) -> bool:
        """Send it if it need not wait. Whether that was so; if not, nothing was sent."""
        if self.conn.state is not State.OPEN or self.disconnected or not self.writable.is_set():
            return False
        self.transport.write(_latest.of(text))
        return True

    async def send(self, message: Any) -> None:
        text = message.get("text") if message["type"] == "websocket.send" else None
        if text is None or not self.send_text(text):
            await super().send(message)
            if self.initial_response is not None and self.close_sent:
                # Who is refused with a status has been answered; uvicorn would call that an error in its log.
                self.handshake_complete = True

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
