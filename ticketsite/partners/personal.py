"""What is kept of a person about partners? Their agreements, and of an account that is a partner's, its keys
(accounts/rooms.py)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from ticketsite.partners.models import Agreement, ApiKey, Partner, WebhookEndpoint, WebhookMessage


def hand_over(*, guests: Collection[User], to: User) -> None:
    """Nothing: guests agree to nothing, and have no keys."""


def kept_of(*, person: User) -> dict[str, Any]:
    """Neither keys nor secrets: they prove who somebody is, and this file lies about."""
    return {
        "agreements": list(Agreement.objects.filter(customer=person).values("partner__name", "agreed_at")),
        "partner": [
            {
                "name": partner.name,
                "since": partner.created_at,
                "keys": list(partner.keys.values("label", "prefix", "created_at", "last_used_at", "revoked_at")),
                "addresses": list(partner.endpoints.values("url", "created_at", "disabled_at")),
            }
            for partner in Partner.objects.filter(account=person)
        ],
    }


def unfinished(*, person: User, now: datetime) -> list[str]:
    return []


def forget(*, person: User) -> None:
    """Nobody is told anything any more; the partner's row stays, because its sandbox's orders do."""
    Agreement.objects.filter(customer=person).delete()
    # What partners were told of the person's orders.
    WebhookMessage.objects.filter(order__customer=person).delete()
    partners = Partner.objects.filter(account=person)
    WebhookMessage.objects.filter(partner__in=partners).delete()
    WebhookEndpoint.objects.filter(partner__in=partners).delete()
    Agreement.objects.filter(partner__in=partners).delete()
    ApiKey.objects.filter(partner__in=partners, revoked_at=None).update(revoked_at=timezone.now(), label="")
    partners.update(name="", approved_at=None)
