"""Which gateway takes the money? Payments keep its name, so that one begun with it is finished with it."""

from .base import (
    ActionRequired,
    Authorisation,
    Authorised,
    BadSignature,
    Charge,
    ChargeState,
    Declined,
    Done,
    Gateway,
    GatewayEvent,
    GatewayUnavailable,
    Pending,
    Refused,
)
from .sandbox import SandboxGateway

__all__ = [
    "ActionRequired",
    "Authorisation",
    "Authorised",
    "BadSignature",
    "Charge",
    "ChargeState",
    "Declined",
    "Done",
    "Gateway",
    "GatewayEvent",
    "GatewayUnavailable",
    "Pending",
    "Refused",
    "current",
    "named",
    "names",
]

_GATEWAYS: dict[str, Gateway] = {"sandbox": SandboxGateway()}


def current() -> Gateway:
    """Where new payments go."""
    return _GATEWAYS["sandbox"]


def names() -> list[str]:
    """All that payments may have been begun with."""
    return list(_GATEWAYS)


def named(name: str) -> Gateway:
    """Raises: KeyError."""
    return _GATEWAYS[name]
