"""How do the sandbox's webhooks get out? By the worker, when they are due, as signed HTTP requests to the site itself.

A row for each, written together with the charge it speaks of; claimed by a conditional update, so that several workers
send it once; tried again, later each time, until the site answers with 2xx.
"""

import json
import logging
import secrets
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from payments.gateways.sandbox.plans import PROMPT_S, Plan
from payments.gateways.sandbox.signing import HEADER, signature
from payments.models import SandboxCharge, SandboxWebhook

logger = logging.getLogger(__name__)

DEADLINE_S = 5
ATTEMPTS = 8


def schedule(charge: SandboxCharge, plan: Plan, *, due_at: datetime) -> None:
    """Write down what will be told of a charge. Call it in the transaction that writes the charge."""
    for nth, kind in enumerate(plan.tells):
        SandboxWebhook.objects.create(
            charge=charge,
            event_id=f"sbe_{secrets.token_hex(12)}",
            kind=kind,
            copies_left=plan.copies,
            due_at=due_at + nth * timedelta(seconds=PROMPT_S),
        )


def send_webhooks(*, now: datetime, limit: int) -> int:
    """Send up to `limit` webhooks that are due. Returns how many arrived. Where the site is, SITE_ADDRESS says."""
    due = SandboxWebhook.objects.filter(due_at__lte=now, copies_left__gt=0, attempts__lt=ATTEMPTS)
    arrived = 0
    for webhook in due.select_related("charge").order_by("due_at")[:limit]:
        mine = SandboxWebhook.objects.filter(pk=webhook.pk, due_at=webhook.due_at)
        next_try = now + timedelta(seconds=2.0**webhook.attempts)
        if mine.update(due_at=next_try, attempts=webhook.attempts + 1) and _arrives(webhook):
            SandboxWebhook.objects.filter(pk=webhook.pk).update(copies_left=webhook.copies_left - 1, attempts=0)
            arrived += 1
    return arrived


def _arrives(webhook: SandboxWebhook) -> bool:
    """Send it. Whether the site has answered that it has it."""
    charge = webhook.charge
    body = json.dumps(
        {"id": webhook.event_id, "kind": webhook.kind, "key": charge.key, "reference": charge.reference}
    ).encode()
    request = urllib.request.Request(
        f"{settings.SITE_ADDRESS}{reverse('payments:webhook', args=['sandbox'])}",
        data=body,
        headers={"Content-Type": "application/json", HEADER: signature(body, at_s=int(time.time()))},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=DEADLINE_S):
            return True
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        logger.warning("The webhook %s did not arrive: %s", webhook.event_id, error)
        return False
