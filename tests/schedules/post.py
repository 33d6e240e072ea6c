"""How do the gateway's webhooks come? In any order, late or before their time, again and again, or not at all."""

import json
import time

from django.utils import timezone

from payments.gateways.sandbox.signing import HEADER, signature
from payments.models import SandboxWebhook
from payments.webhooks import handle_at_once, receive_webhook
from tests.schedules.chance import Chance


def bring_webhook(chance: Chance) -> str:
    """Any of those that were ever written, as the sandbox would send it. What it is about."""
    written = list(SandboxWebhook.objects.select_related("charge").order_by("pk"))
    if not written:
        return "nothing to bring"
    webhook = chance.one_of(written)
    of = {"key": webhook.charge.key, "reference": webhook.charge.reference}
    body = json.dumps({"id": webhook.event_id, "kind": webhook.kind, **of}).encode()
    headers = {HEADER: signature(body, at_s=int(time.time()))}
    now = timezone.now()
    handle_at_once(event=receive_webhook(gateway="sandbox", headers=headers, body=body, now=now), now=now)
    return webhook.kind
