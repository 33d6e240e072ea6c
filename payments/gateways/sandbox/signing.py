"""Who sent this webhook? The sandbox signs what it sends, as Stripe does: a time, and an HMAC over it and the body.

Sandbox-Signature: t=1764000000,v1=<hex of HMAC-SHA256(secret, "1764000000." + body)>
"""

import hashlib
import hmac
import re
from collections.abc import Mapping

from django.conf import settings
from django.utils.crypto import salted_hmac

from payments.gateways.base import BadSignature

HEADER = "Sandbox-Signature"
TOLERANCE_S = 300

_VALUE = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")


def signature(body: bytes, *, at_s: int) -> str:
    """The header's value for a body that is sent at this time (seconds since 1970)."""
    return f"t={at_s},v1={_digest(body, at_s)}"


def check_signature(*, headers: Mapping[str, str], body: bytes, now_s: float) -> None:
    """A copy that somebody kept is worth nothing once it is older than TOLERANCE_S.

    Raises: BadSignature.
    """
    match = _VALUE.fullmatch(headers.get(HEADER, ""))
    if match is None or abs(now_s - int(match[1])) > TOLERANCE_S:
        raise BadSignature
    if not hmac.compare_digest(match[2], _digest(body, int(match[1]))):
        raise BadSignature


def _digest(body: bytes, at_s: int) -> str:
    secret = salted_hmac("payments.sandbox.webhooks", "secret", secret=settings.SECRET_KEY, algorithm="sha256").digest()
    return hmac.new(secret, b"%d." % at_s + body, hashlib.sha256).hexdigest()
