"""How is a secret kept that has to be read again? Encrypted with a key made of SECRET_KEY, so that a copy of the
database gives it away to nobody."""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class SealBroken(Exception):
    """It was sealed with a SECRET_KEY that is neither in use nor among SECRET_KEY_FALLBACKS."""


def seal(text: str, *, purpose: str) -> str:
    """What is kept instead of the text. Sealed for one purpose, it cannot be opened for another."""
    return _box(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """
    Raises:
        SealBroken
    """
    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SealBroken from error


def _box(purpose: str) -> MultiFernet:
    """Encrypts with SECRET_KEY, and also reads what its predecessors wrote."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_derived(key, purpose)) for key in keys])


def _derived(secret: str, purpose: str) -> bytes:
    key = HKDF(SHA256(), length=32, salt=None, info=f"ticketsite.{purpose}".encode()).derive(secret.encode())
    return base64.urlsafe_b64encode(key)
