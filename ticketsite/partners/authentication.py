"""Whose key is this, and what does it open? A program acts as its partner's account, or as the partner's sandbox."""

import re

from django.urls import ResolverMatch
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import User
from ticketsite.partners.errors import NotForKeys
from ticketsite.partners.keys import LIVE, SANDBOX, find_key
from ticketsite.partners.models import ApiKey

# What a key opens: buying and what follows from it, and being told. What a person decides about an account, a key
# cannot, so that one that leaked costs its account neither its password nor its address. New addresses are closed. What
# anybody may ask for without a token looks at none.
OPEN_TO_KEYS = frozenset(
    {
        "holds/",
        "holds/{hold_id}/",
        "orders/",
        "orders/{order_id}/",
        "orders/{order_id}/calendar.ics",
        "orders/{order_id}/cancel/",
        "orders/{order_id}/exchange-offers/",
        "orders/{order_id}/exchanges/",
        "orders/{order_id}/late-offer/",
        "orders/{order_id}/passengers/",
        "orders/{order_id}/passes/",
        "orders/{order_id}/refund-offers/",
        "orders/{order_id}/tickets.pdf",
        "orders/{order_id}/tickets/",
        "partner/",
        "payment-methods/",
        "payments/",
        "payments/{payment_id}/",
        "payments/{payment_id}/give-up/",
        "performances/",
        "performances/{performance_id}/",
        "places/",
        "seat-maps/{inventory}/",
        "seat-maps/{inventory}/instead/",
        "shows/",
        "shows/{slug}/",
        "trips/",
        "trips/{departure_id}/",
        "webhook-deliveries/",
        "webhook-deliveries/{delivery_id}/",
        "webhook-deliveries/{delivery_id}/replay/",
        "webhook-endpoints/{endpoint_id}/replay/",
    }
)

_ROOT = "api/v1/"
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer tsk_…`; whatever else is sent there is left to those who know it."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """
        Raises:
            AuthenticationFailed: it is no key, or was revoked.
            NotForKeys: a key does not open this.
        """
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not secret.startswith((LIVE, SANDBOX)):
            return None
        key = find_key(secret=secret.strip(), now=timezone.now())
        if key is None:
            raise AuthenticationFailed("This is no API key of ours, or it was revoked.")
        if not is_open(request._request.resolver_match):
            raise NotForKeys
        return key.partner.sandbox if key.is_sandbox else key.partner.account, key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def is_open(match: ResolverMatch | None) -> bool:
    return match is not None and _PARAMETER.sub(r"{\1}", match.route).removeprefix(_ROOT) in OPEN_TO_KEYS
