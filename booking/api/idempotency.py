"""Which request is this, if it comes twice? Its Idempotency-Key says; without one, every request is a new one."""

from uuid import uuid4

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

MAX_KEY_LENGTH = 128


def request_id_of(request: Request) -> str:
    """The id under which the store, the orders and the payments know this request.

    Raises:
        serializers.ValidationError: the key is empty or too long.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return f"rest-{uuid4()}"
    if not 0 < len(key) <= MAX_KEY_LENGTH:
        raise serializers.ValidationError(
            {"Idempotency-Key": [_("A key has 1 to %(most)s characters.") % {"most": MAX_KEY_LENGTH}]}
        )
    return key
