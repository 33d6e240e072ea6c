"""How does a person come to know what the site cannot put right by itself?"""

import logging
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from booking.models import Order
from payments.models import Finding, Payment

logger = logging.getLogger(__name__)

_LONGEST = 400


def report(
    *,
    kind: Finding.Kind,
    subject: str | UUID,
    what: str,
    suggestion: str,
    order: Order | None = None,
    payment: Payment | None = None,
) -> Finding:
    """Put a matter on the list of those that need attention; one that is there already is only seen again."""
    now = timezone.now()
    finding, is_new = Finding.objects.get_or_create(
        kind=kind,
        subject=str(subject),
        settled_at=None,
        defaults={
            "order": order,
            "payment": payment,
            "what": what[:_LONGEST],
            "suggestion": suggestion[:_LONGEST],
            "found_at": now,
            "seen_at": now,
        },
    )
    if is_new:
        logger.error("%s. %s", what, suggestion)
    else:
        Finding.objects.filter(pk=finding.pk).update(seen_at=now)
    return finding


def settle_finding(*, finding: Finding, by: str, now: datetime) -> bool:
    """Somebody has put it right. False: somebody else said so before."""
    return bool(Finding.objects.filter(pk=finding.pk, settled_at=None).update(settled_at=now, settled_by=by))
