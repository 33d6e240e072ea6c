"""What of WebSocket (RFC 6455) do thousands of sockets need that only listen? As little as lets them be cheap."""

TEXT, PING, PONG = 1, 9, 10
# Instead of a length that fits into seven bits; it follows in two bytes, or in eight.
LONG, LONGER = 126, 127


def handshake(path: str, port: int) -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


def is_accepted(head: bytes) -> bool:
    return b" 101 " in head.split(b"\r\n")[0]


def frame_size(begun: bytes) -> int | None:
    """How long the frame at the beginning is (5.2); None if it is not all there."""
    if len(begun) < 2:
        return None
    length, begins_at = begun[1] & 127, _text_begins_at(begun)
    if begins_at > 2:
        length = int.from_bytes(begun[2:begins_at])
    size = begins_at + length
    return size if len(begun) >= max(size, begins_at) else None


def opcode_of(frame: bytes) -> int:
    return frame[0] & 15


def pong(ping: bytes) -> bytes:
    """Masked with zeros, which change nothing."""
    return bytes([128 | PONG, 128 | len(ping) - 2]) + bytes(4) + ping[2:]


def text_of(frame: bytes) -> bytes:
    return frame[_text_begins_at(frame) :]


def _text_begins_at(frame: bytes) -> int:
    return {LONG: 4, LONGER: 10}.get(frame[1] & 127, 2)
