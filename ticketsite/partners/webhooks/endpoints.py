"""What does a partner say about its addresses? Where they are, that a secret is replaced, what is told once more."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404

from accounts.sealing import seal, unseal
from ticketsite.partners.errors import EndpointDisabled, TooMany
from ticketsite.partners.models import Partner, WebhookDelivery, WebhookEndpoint, WebhookMessage
from ticketsite.partners.webhooks.addresses import check_url
from ticketsite.partners.webhooks.outbox import tell_test
from ticketsite.partners.webhooks.signing import new_secret

S = WebhookDelivery.State

MAX_ENDPOINTS = 10
# How long both secrets are valid when one replaces the other.
ROTATION = timedelta(days=1)
MOST_REPLAYED = 1_000

_SEALED_FOR = "webhook-secrets"


@dataclass(frozen=True, slots=True)
class WithSecret:
    """An address, and the secret that its messages are signed with, to be shown once."""

    endpoint: WebhookEndpoint
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many messages are sent once more, and from when the latest of them is: ask again from there for the rest."""

    count: int
    until: datetime | None


def add_endpoint(*, partner: Partner, url: str, is_sandbox: bool) -> WithSecret:
    """
    Raises:
        AddressRefused: nothing is sent there.
        TooMany: it has MAX_ENDPOINTS.
    """
    check_url(url)
    secret = new_secret()
    with transaction.atomic():
        Partner.objects.select_for_update().get(pk=partner.pk)
        if partner.endpoints.count() >= MAX_ENDPOINTS:
            raise TooMany(MAX_ENDPOINTS)
        endpoint = WebhookEndpoint.objects.create(
            partner=partner, url=url, is_sandbox=is_sandbox, secret=seal(secret, purpose=_SEALED_FOR)
        )
    return WithSecret(endpoint, secret)


def endpoints_of(*, partner: Partner, is_sandbox: bool | None) -> QuerySet[WebhookEndpoint]:
    """The partner's addresses: of the sandbox, of real orders, or all."""
    rows = partner.endpoints.select_related("partner")
    return rows if is_sandbox is None else rows.filter(is_sandbox=is_sandbox)


def endpoint_of(*, partner: Partner, is_sandbox: bool | None, endpoint_id: UUID) -> WebhookEndpoint:
    """
    Raises:
        Http404: there is none, or it is another partner's.
    """
    endpoint = endpoints_of(partner=partner, is_sandbox=is_sandbox).filter(pk=endpoint_id).first()
    if endpoint is None:
        raise Http404("There is no such address.")
    return endpoint


def remove_endpoint(*, endpoint: WebhookEndpoint) -> None:
    endpoint.delete()


def enable_endpoint(*, endpoint: WebhookEndpoint) -> None:
    """Send there again; what it missed is sent when somebody asks for it."""
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(disabled_at=None, failing_since=None, notice_due=False)
    endpoint.refresh_from_db()


def rotate_secret(*, endpoint: WebhookEndpoint, now: datetime) -> WithSecret:
    """Give it another secret. For a day messages are signed with both, so that none is refused on the way."""
    secret = new_secret()
    with transaction.atomic():
        row = WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
        row.old_secret, row.old_secret_until = row.secret, now + ROTATION
        row.secret = seal(secret, purpose=_SEALED_FOR)
        row.save(update_fields=["secret", "old_secret", "old_secret_until"])
    return WithSecret(row, secret)


def secrets_of(endpoint: WebhookEndpoint, *, now: datetime) -> list[str]:
    """Those that are valid now, the newest first.

    Raises:
        SealBroken: SECRET_KEY was replaced, and its predecessor thrown away.
    """
    kept = [endpoint.secret]
    if endpoint.old_secret_until is not None and now < endpoint.old_secret_until:
        kept.append(endpoint.old_secret)
    return [unseal(sealed, purpose=_SEALED_FOR) for sealed in kept]


def send_test(*, endpoint: WebhookEndpoint, now: datetime) -> WebhookDelivery:
    """Have a message sent that says nothing.

    Raises:
        EndpointDisabled
    """
    _check_enabled(endpoint)
    return tell_test(endpoint=endpoint, now=now)


def deliveries_of(*, partner: Partner, is_sandbox: bool | None) -> QuerySet[WebhookDelivery]:
    """What was sent to the partner's addresses, or is on its way; only of the sandbox, only of real orders, or all."""
    rows = WebhookDelivery.objects.select_related("message", "endpoint").filter(endpoint__partner=partner)
    return rows if is_sandbox is None else rows.filter(endpoint__is_sandbox=is_sandbox)


def delivery_of(*, partner: Partner, is_sandbox: bool | None, delivery_id: UUID) -> WebhookDelivery:
    """
    Raises:
        Http404: there is none, or it is another partner's.
    """
    delivery = deliveries_of(partner=partner, is_sandbox=is_sandbox).filter(pk=delivery_id).first()
    if delivery is None:
        raise Http404("There is no such delivery.")
    return delivery


def replay_delivery(*, delivery: WebhookDelivery, now: datetime) -> WebhookDelivery:
    """Have it sent once more, whether or not it arrived.

    Raises:
        EndpointDisabled
    """
    _check_enabled(delivery.endpoint)
    WebhookDelivery.objects.filter(pk=delivery.pk).update(state=S.WAITING, attempts=0, due_at=now)
    delivery.refresh_from_db()
    return delivery


def replay_since(*, endpoint: WebhookEndpoint, since: datetime, now: datetime) -> Replayed:
    """Have the oldest MOST_REPLAYED messages since then sent once more, also those from when it was disabled.

    Raises:
        EndpointDisabled
    """
    _check_enabled(endpoint)
    found = WebhookMessage.objects.filter(
        partner=endpoint.partner, is_sandbox=endpoint.is_sandbox, order__isnull=False, created_at__gte=since
    ).order_by("created_at", "id")
    of_when = dict(found.values_list("pk", "created_at")[:MOST_REPLAYED])
    messages = list(of_when)
    with transaction.atomic():
        again = endpoint.deliveries.filter(message__in=messages)
        known = set(again.values_list("message_id", flat=True))
        again.update(state=S.WAITING, attempts=0, due_at=now)
        WebhookDelivery.objects.bulk_create(
            [
                WebhookDelivery(message_id=message, endpoint=endpoint, due_at=now)
                for message in messages
                if message not in known
            ],
            batch_size=500,
        )
    return Replayed(len(messages), max(of_when.values(), default=None))


def _check_enabled(endpoint: WebhookEndpoint) -> None:
    if endpoint.disabled_at is not None:
        raise EndpointDisabled
