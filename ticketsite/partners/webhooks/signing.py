"""How does a partner know that a message is ours, and new? By a signature over its id, the time and the body.

As Standard Webhooks 1.0 has it: `webhook-signature: v1,<base64 of HMAC-SHA256(secret, "ID.TIMESTAMP.BODY")>`; while a
secret is being replaced there are two, with a space between. A secret is written `whsec_` and its bytes in base64.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

SECRET_PREFIX = "whsec_"
_SECRET_BYTES = 32


def new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def signed_headers(*, webhook_id: str, body: bytes, at_s: int, keys: Iterable[str]) -> dict[str, str]:
    """The three headers of a message that is sent at this time (seconds since 1970).

    Args:
        keys: the secrets that are valid now.
    """
    content = f"{webhook_id}.{at_s}.".encode() + body
    signatures = [f"v1,{_signature(key, content)}" for key in keys]
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(at_s),
        "webhook-signature": " ".join(signatures),
    }


def _signature(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
