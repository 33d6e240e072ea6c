"""Which gateway takes the money? Payments keep its name, so that one begun with it is finished with it."""

import functools

from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from booking.models import Order

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
    "of_customer",
    "of_order",
]

_SANDBOX = SandboxGateway()


def current() -> Gateway:
    """Where new payments go: to Stripe where its keys are set, to the sandbox otherwise."""
    return named("stripe" if settings.STRIPE_SECRET_KEY else "sandbox")


def of_order(order: Order) -> Gateway:
    """Where the payments of this order go: of what a sandbox key bought, never to a gateway that takes real money."""
    # Whose it is is read only where it matters.
    return of_customer(order.customer) if settings.STRIPE_SECRET_KEY else current()


def of_customer(customer: User | AnonymousUser) -> Gateway:
    """Where the payments of what this customer buys go, as of_order says."""
    return _SANDBOX if settings.STRIPE_SECRET_KEY and isinstance(customer, User) and customer.is_sandbox else current()


def names() -> list[str]:
    """All that payments may have been begun with."""
    return [_SANDBOX.name, *(["stripe"] if settings.STRIPE_SECRET_KEY else [])]


def named(name: str) -> Gateway:
    """Raises: KeyError: there is no such gateway, or it is not configured."""
    if name == _SANDBOX.name:
        return _SANDBOX
    if name == "stripe" and settings.STRIPE_SECRET_KEY:
        return _stripe(settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET)
    raise KeyError(name)


@functools.cache
def _stripe(secret_key: str, webhook_secret: str) -> Gateway:
    """One for each process: it keeps its connections. Its library is large, and read only where it is used."""
    from .stripe import StripeGateway

    return StripeGateway(secret_key=secret_key, webhook_secret=webhook_secret)
