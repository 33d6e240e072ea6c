"""Who says that a ticket is genuine? Ed25519 (RFC 8032): the site signs, whoever has the public key can check.

Signing is deterministic, so the same ticket has the same code however often it is printed.
"""

import base64
import functools
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils.translation import gettext as _

from booking.tickets.payload import KEY_ID_BYTES, TicketFacts, decode, encode, from_text, to_text

# What is signed as a ticket can be mistaken for nothing else that this key might ever sign.
DOMAIN = b"ticketsite-ticket\0"


class NotGenuine(ValueError):
    """It looks like a ticket, but none of our keys has signed it."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that tickets are checked with; its id is the beginning of its SHA-256."""

    raw: bytes
    is_current: bool

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.raw).digest()[:KEY_ID_BYTES]

    @property
    def base64(self) -> str:
        return base64.b64encode(self.raw).decode()


def signed_text(facts: TicketFacts) -> str:
    """What the QR code of a ticket says: the facts, signed with the site's current key."""
    key, key_id = _signing_key(settings.TICKET_SIGNING_KEY)
    body = encode(facts, key_id)
    return to_text(body, key.sign(DOMAIN + body))


def public_keys() -> list[PublicKey]:
    """The keys whose tickets are good: the current one, then those that tickets were signed with before it."""
    current = _signing_key(settings.TICKET_SIGNING_KEY)[0].public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    retired = [PublicKey(raw, is_current=False) for raw in settings.TICKET_RETIRED_KEYS if raw != current]
    return [PublicKey(current, is_current=True), *retired]


def read_signed(text: str, keys: list[PublicKey] | None = None) -> TicketFacts:
    """The facts of a scanned ticket, if one of the keys (the site's, if none are given) has signed them.

    Raises:
        NotATicket: it is nothing of ours.
        NotGenuine: nobody of ours has signed it.
    """
    body, signature = from_text(text)
    facts, key_id = decode(body)
    for key in public_keys() if keys is None else keys:
        if key.id == key_id:
            try:
                Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, DOMAIN + body)
            except InvalidSignature:
                break
            return facts
    raise NotGenuine(_("This ticket was not signed by us."))


@functools.lru_cache(maxsize=4)
def _signing_key(raw: bytes) -> tuple[Ed25519PrivateKey, bytes]:
    key = Ed25519PrivateKey.from_private_bytes(raw)
    public = PublicKey(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw), is_current=True)
    return key, public.id
