"""How does the environment name the keys that tickets are signed with, and what is wrong with them?

TICKET_SIGNING_KEY is 32 random bytes in base64, the private key of Ed25519 (RFC 8032): `openssl rand -base64 32`.
TICKET_RETIRED_KEYS are public keys in base64, separated by commas: what was signed before a change of key stays good.
"""

import base64
import contextlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32


def parse_key(name: str, text: str) -> bytes:
    """The 32 bytes that a setting of this name stands for.

    Raises:
        ImproperlyConfigured: it is not base64, or of another length.
    """
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not base64. Make a key with: openssl rand -base64 32") from error
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(f"{name} stands for {len(key)} bytes; a key has {KEY_BYTES}.")
    return key


def parse_keys(name: str, texts: Sequence[str]) -> list[bytes]:
    """As parse_key, for a list.

    Raises:
        ImproperlyConfigured: as parse_key.
    """
    return [parse_key(name, text) for text in texts if text.strip()]


def development_key(path: Path) -> bytes:
    """This machine's own signing key, made once and readable by its owner only."""
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=path.parent) as made:
            made.write(base64.b64encode(os.urandom(KEY_BYTES)).decode())
            made.flush()
            # It appears whole or not at all, and of two processes that start at once one makes it.
            with contextlib.suppress(FileExistsError):
                os.link(made.name, path)
    return parse_key(str(path), path.read_text())
