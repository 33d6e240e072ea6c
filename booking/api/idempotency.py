"""Which request is this, if it comes twice? Its Idempotency-Key says; without one, every request is a new one."""

from uuid import uuid4

from rest_framework.request import Request

from accounts.replaying import key_of


def request_id_of(request: Request) -> str:
    """The id under which the store, the orders and the payments know this request.

    Raises:
        serializers.ValidationError: the key is empty or too long.
    """
    key = key_of(request)
    return f"rest-{uuid4()}" if key is None else key
