"""What is written in a ticket's QR code? The facts that a scanner without a network needs, in few bytes.

    TS1: base32( body · signature )      RFC 4648 without "=", so that the code needs no more than capitals and digits

    body      1 byte    format, 1
              4 bytes   id of the key it is signed with
              4 bytes   start of the journey or show, in minutes since 1970-01-01T00:00Z
              2 bytes   first leg, 2 bytes last leg, counted from 1, both ends included
              5 texts   code, inventory, seat, zone, passenger type: each a byte for its length, then UTF-8
    signature 64 bytes  Ed25519 over "ticketsite-ticket" · 0 · body

Numbers are unsigned, most significant byte first. Capitals and digits alone make QR's alphanumeric mode possible, and
pass unharmed through scanners that believe themselves a keyboard. No name and no address is in it.
"""

import base64
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _

PREFIX = "TS1:"
FORMAT = 1
KEY_ID_BYTES = 4
SIGNATURE_BYTES = 64
# Longer than any ticket of ours; what a scanner was shown is read no further.
MAX_TEXT_LENGTH = 1000
_HEAD = struct.Struct(f">B{KEY_ID_BYTES}sIHH")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class NotATicket(ValueError):
    """The text is no ticket of ours, or not all of one."""


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """Who may sit where, on what. Legs are half-open and counted from 0, as everywhere inside."""

    code: str
    inventory: str
    seat: str
    zone: str
    passenger_type: str
    first_leg: int
    end_leg: int
    starts_at: datetime


def encode(facts: TicketFacts, key_id: bytes) -> bytes:
    """The body that is signed; seconds of the start are cut off.

    Raises:
        ValueError: a text has more than 255 bytes.
    """
    minutes = int((facts.starts_at - _EPOCH).total_seconds()) // 60
    head = _HEAD.pack(FORMAT, key_id, minutes, facts.first_leg + 1, facts.end_leg)
    texts = (facts.code, facts.inventory, facts.seat, facts.zone, facts.passenger_type)
    return head + b"".join(bytes([len(text.encode())]) + text.encode() for text in texts)


def decode(body: bytes) -> tuple[TicketFacts, bytes]:
    """The facts and the id of the key they claim to be signed with. Believe them only once the signature was checked.

    Raises:
        NotATicket: it is in another format, or damaged.
    """
    try:
        format_number, key_id, minutes, first, last = _HEAD.unpack_from(body)
        texts = _texts(body[_HEAD.size :])
    except (struct.error, UnicodeDecodeError) as error:
        raise NotATicket(_("This is not a whole ticket.")) from error
    if format_number != FORMAT or len(texts) != 5 or not 1 <= first <= last:
        raise NotATicket(_("This ticket is in a format that is not known here."))
    code, inventory, seat, zone, passenger_type = texts
    try:
        starts_at = _EPOCH + timedelta(minutes=minutes)
    except OverflowError as error:
        raise NotATicket(_("This ticket is for a time that there is not.")) from error
    return TicketFacts(code, inventory, seat, zone, passenger_type, first - 1, last, starts_at), key_id


def _texts(rest: bytes) -> list[str]:
    found = []
    while rest:
        length, rest = rest[0], rest[1:]
        if length > len(rest):
            raise NotATicket(_("This is not a whole ticket."))
        found.append(rest[:length].decode())
        rest = rest[length:]
    return found


def to_text(body: bytes, signature: bytes) -> str:
    """What the QR code says."""
    return PREFIX + base64.b32encode(body + signature).decode().rstrip("=")


def from_text(text: str) -> tuple[bytes, bytes]:
    """Body and signature of what was scanned.

    Raises:
        NotATicket: it does not look like a ticket of ours.
    """
    text = text.strip().upper()
    if not text.startswith(PREFIX) or len(text) > MAX_TEXT_LENGTH:
        raise NotATicket(_("This is not one of our tickets."))
    encoded = text.removeprefix(PREFIX)
    try:
        signed = base64.b32decode(encoded + "=" * (-len(encoded) % 8))
    except ValueError as error:
        raise NotATicket(_("This is not a whole ticket.")) from error
    if len(signed) <= SIGNATURE_BYTES:
        raise NotATicket(_("This is not a whole ticket."))
    return signed[:-SIGNATURE_BYTES], signed[-SIGNATURE_BYTES:]
