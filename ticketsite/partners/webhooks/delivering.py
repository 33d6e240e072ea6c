"""How long is it tried to bring a message to its address? Ten times in about three days; then the partner hears of it.

A delivery is claimed by a conditional update that also puts its next attempt off, so whoever dies while sending is
followed by another attempt, with the same webhook-id. An address where nothing has arrived for as long as that is
disabled, as is one that answers 410 (gone); its partner gets a mail.
"""

import logging
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import make_msgid

from django.conf import settings
from django.db import transaction
from django.db.models import Min, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.letters import Letter, Notice, Paragraph, message_of, site_name
from accounts.sealing import SealBroken
from booking.tickets.outbox import REFUSALS, MailServerAway
from ticketsite.partners.models import WebhookDelivery, WebhookEndpoint
from ticketsite.partners.webhooks.endpoints import secrets_of
from ticketsite.partners.webhooks.sending import Answer, Outgoing, send_all
from ticketsite.partners.webhooks.signing import signed_headers

logger = logging.getLogger(__name__)

S = WebhookDelivery.State

# After each attempt, until the next one: 75 hours in all.
PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
MAX_ATTEMPTS = len(PAUSES) + 1
_ALL_PAUSES = sum(PAUSES, timedelta(0))
# Each a little longer or shorter, as chance says: what failed together does not come back together.
JITTER = 0.1
# Of one address in one round: it keeps its own messages waiting, never others'. Where nothing arrives one is enough.
MOST_AT_ONCE = 4
_GONE = 410


def deliver_due(*, now: datetime, limit: int) -> int:
    """Try what is due at up to `limit` addresses, all at once. Returns how many messages arrived."""
    outgoing = [(delivery, sent) for delivery in _due(now, limit) if (sent := _take(delivery, now)) is not None]
    if not outgoing:
        return 0
    answers = send_all([sent for _delivery, sent in outgoing])
    for (delivery, _sent), answer in zip(outgoing, answers, strict=True):
        _write_down(delivery, answer, now)
    return sum(answer.is_received for answer in answers)


def send_due_notices(*, now: datetime, limit: int) -> int:
    """Tell the partners of up to `limit` disabled addresses. Returns how many; a refused one is not tried again.

    Raises:
        MailServerAway: the rest is told in another round.
    """
    due = WebhookEndpoint.objects.filter(notice_due=True).select_related("partner__account").order_by("disabled_at")
    told = 0
    for endpoint in due[:limit]:
        # Claimed first: two workers do not both write. What is not sent is claimed back.
        if not WebhookEndpoint.objects.filter(pk=endpoint.pk, notice_due=True).update(notice_due=False):
            continue
        try:
            _send_notice(endpoint)
        except REFUSALS as error:
            # Only this one. The address is disabled all the same, as its partner sees by REST and staff in the lists.
            logger.warning("Notice of webhook address %s: %s", endpoint.pk, type(error).__name__)
            continue
        except OSError as error:
            WebhookEndpoint.objects.filter(pk=endpoint.pk).update(notice_due=True)
            raise MailServerAway(type(error).__name__) from error
        told += 1
    return told


def _due(now: datetime, limit: int) -> Iterator[WebhookDelivery]:
    rows = WebhookDelivery.objects.filter(state=S.WAITING, due_at__lte=now, endpoint__disabled_at=None)
    soonest = rows.order_by().values("endpoint").annotate(due=Min("due_at")).order_by("due")[:limit]
    for endpoint in [row["endpoint"] for row in soonest]:
        of_it = rows.filter(endpoint=endpoint).select_related("message", "endpoint")
        portion = list(of_it.order_by("due_at", "message__created_at")[:MOST_AT_ONCE])
        yield from portion if portion and portion[0].endpoint.failing_since is None else portion[:1]


def _take(delivery: WebhookDelivery, now: datetime) -> Outgoing | None:
    """Claim it, and write and sign what is sent. None: somebody else has it, or its secret is lost."""
    if not _claim(delivery, now):
        return None
    try:
        return _outgoing(delivery, now)
    except SealBroken:
        _write_down(delivery, Answer(None, "The secret cannot be read any more; replace it."), now)
        return None


def _claim(delivery: WebhookDelivery, now: datetime) -> bool:
    pause = PAUSES[min(delivery.attempts, len(PAUSES) - 1)] * random.uniform(1 - JITTER, 1 + JITTER)
    mine = WebhookDelivery.objects.filter(
        pk=delivery.pk, state=S.WAITING, attempts=delivery.attempts, due_at=delivery.due_at
    )
    return bool(mine.update(attempts=delivery.attempts + 1, due_at=now + pause, attempted_at=now))


def _outgoing(delivery: WebhookDelivery, now: datetime) -> Outgoing:
    body = delivery.message.body.encode()
    headers = signed_headers(
        webhook_id=delivery.message.webhook_id,
        body=body,
        at_s=int(now.timestamp()),
        keys=secrets_of(delivery.endpoint, now=now),
    )
    return Outgoing(delivery.endpoint.url, body, headers)


def _write_down(delivery: WebhookDelivery, answer: Answer, now: datetime) -> None:
    endpoint = WebhookEndpoint.objects.filter(pk=delivery.endpoint_id)
    row = WebhookDelivery.objects.filter(pk=delivery.pk)
    found = {"status": answer.status, "error": answer.error[:200]}
    if answer.is_received:
        row.update(state=S.DELIVERED, **found)
        endpoint.exclude(failing_since=None).update(failing_since=None)
        return
    logger.info("Webhook %s, attempt %s: %s", delivery.message.webhook_id, delivery.attempts + 1, answer.error)
    is_last = delivery.attempts + 1 >= MAX_ATTEMPTS
    with transaction.atomic():
        row.update(state=S.GIVEN_UP if is_last else S.WAITING, **found)
        endpoint.filter(failing_since=None).update(failing_since=now)
        if answer.status == _GONE:
            _disable(endpoint, now)
        elif is_last:
            _disable(endpoint.filter(failing_since__lte=now - _ALL_PAUSES * (1 - JITTER)), now)


def _disable(endpoints: QuerySet[WebhookEndpoint], now: datetime) -> None:
    endpoints.filter(disabled_at=None).update(disabled_at=now, notice_due=True)


def _send_notice(endpoint: WebhookEndpoint) -> None:
    account = endpoint.partner.account
    with override(account.language or settings.LANGUAGE_CODE):
        subject = _("Your webhooks do not arrive")
        letter = Letter(
            subject,
            subject,
            [
                Paragraph(_("Nothing that we sent to this address has arrived for a long time:")),
                Notice(endpoint.url),
                Paragraph(
                    _(
                        "We have stopped sending. Enable the address when it works again, and have what it missed sent "
                        "once more; messages are kept for 30 days."
                    )
                ),
            ],
            why=_("You get this mail because your account is a partner's."),
        )
        headers = {"Message-ID": make_msgid(domain=site_name())}
        message_of(letter, to=account.mail_address, headers=headers).send()
