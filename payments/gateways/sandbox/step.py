"""What happens on the bank's page? The customer says yes or no to a charge that needs a second step."""

from datetime import timedelta

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from payments.gateways.sandbox.plans import AUTHORISED, DECLINED, PROMPT_S, Plan
from payments.gateways.sandbox.sending import schedule
from payments.models import SandboxCharge

Status = SandboxCharge.Status


def charge_at_step(*, reference: str) -> SandboxCharge:
    """The charge that this page is about; its reference, which cannot be guessed, is known to the customer alone.

    Raises: Http404.
    """
    charge = SandboxCharge.objects.filter(reference=reference, behaviour=SandboxCharge.Behaviour.SECOND_STEP).first()
    if charge is None:
        raise Http404(_("There is nothing to approve here."))
    return charge


def answer_step(*, charge: SandboxCharge, approved: bool) -> None:
    """Take the customer's first answer; others, and those to a charge given up meanwhile, change nothing."""
    becomes, kind = (Status.AUTHORISED, AUTHORISED) if approved else (Status.DECLINED, DECLINED)
    with transaction.atomic():
        waiting = SandboxCharge.objects.filter(pk=charge.pk, status=Status.ACTION_REQUIRED)
        if waiting.update(status=becomes):
            told_at = timezone.now() + timedelta(seconds=PROMPT_S)
            schedule(charge, Plan(Status.ACTION_REQUIRED, becomes, tells=(kind,)), due_at=told_at)
