"""How does the sandbox carry out what it is asked? With books of its own, as a real gateway has.

They are kept in SandboxCharge and SandboxRefund, so that a repeated key finds its first answer after any restart, a
reference it never gave is refused, and nobody gets back more than was taken. What each test number does: plans.py.
"""

import json
import secrets
import time
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, assert_never
from urllib.parse import urljoin

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from moneyed import Money

from payments.cards import Card, CardInvalid, passes_luhn
from payments.gateways.base import (
    ActionRequired,
    Authorisation,
    Authorised,
    Charge,
    ChargeState,
    Declined,
    Done,
    GatewayEvent,
    GatewayUnavailable,
    Pending,
    Refused,
)
from payments.gateways.sandbox.plans import PLANS, behaviour_of, is_always_declined
from payments.gateways.sandbox.sending import schedule
from payments.gateways.sandbox.signing import check_signature
from payments.methods import Hosted, Method, MethodKind, MethodNotTaken, Upi
from payments.models import SandboxCharge, SandboxRefund

_DECLINED = gettext_noop("The bank declined the payment.")

Status = SandboxCharge.Status
Does = SandboxCharge.Behaviour

_STATES: dict[str, ChargeState] = {
    Status.ACTION_REQUIRED: ChargeState.ACTION_REQUIRED,
    Status.PENDING: ChargeState.PENDING,
    Status.AUTHORISED: ChargeState.AUTHORISED,
    Status.DECLINED: ChargeState.DECLINED,
    Status.CAPTURED: ChargeState.CAPTURED,
    Status.VOIDED: ChargeState.VOIDED,
}
_NOT_CAPTURED = (Status.ACTION_REQUIRED, Status.PENDING, Status.AUTHORISED)


class SandboxGateway:
    name = "sandbox"
    takes: tuple[MethodKind, ...] = (MethodKind.CARD, MethodKind.UPI)

    def check(self, method: Method, *, today: date) -> None:
        match method:
            case Card():
                method.check(today=today)
                if not is_always_declined(method) and not passes_luhn(method.digits):
                    raise CardInvalid("number", _("This card number is not right; please check its digits."))
            case Upi():
                method.check()
            case Hosted():
                raise MethodNotTaken(self.takes)
            case _:
                assert_never(method)

    def authorise(self, *, key: str, price: Money, method: Method, return_url: str) -> Authorisation:
        charge = SandboxCharge.objects.filter(key=key).first()
        if charge is None:
            charge = self._open(key, price, method, return_url)
        _ripen(charge)
        if charge.status != Status.ABANDONED and charge.price != price:
            return Declined(gettext_noop("This key was used for another amount."))
        match Status(charge.status):
            case Status.DECLINED:
                return Declined(_DECLINED)
            case Status.ABANDONED | Status.VOIDED:
                return Declined(gettext_noop("This payment was given up."))
            case Status.ACTION_REQUIRED:
                return ActionRequired(charge.reference, _step_url(charge))
            case Status.PENDING:
                return Pending(charge.reference)
            case Status.AUTHORISED | Status.CAPTURED:
                return Authorised(charge.reference)
            case _ as never:
                assert_never(never)

    def abandon(self, *, key: str, reference: str = "") -> None:
        with transaction.atomic():
            charge, created = SandboxCharge.objects.select_for_update().get_or_create(
                key=key,
                defaults={"reference": _new_reference("sbx"), "amount": 0, "currency": "", "status": Status.ABANDONED},
            )
            if not created:
                self._move(charge.reference, Status.VOIDED, Q(status__in=_NOT_CAPTURED))

    def capture(self, *, key: str, reference: str) -> Done | Refused:
        allowed = Q(status=Status.AUTHORISED) & ~Q(behaviour=Does.CAPTURE_REFUSED)
        return self._move(reference, Status.CAPTURED, allowed)

    def void(self, *, key: str, reference: str) -> Done | Refused:
        return self._move(reference, Status.VOIDED, Q(status__in=_NOT_CAPTURED))

    def refund(self, *, key: str, reference: str, price: Money) -> Done | Refused:
        with transaction.atomic():
            charge = SandboxCharge.objects.select_for_update().filter(reference=reference).first()
            if charge is None or charge.status != Status.CAPTURED:
                return Refused(gettext_noop("Nothing was captured under this reference."))
            earlier = charge.refunds.filter(key=key).first()
            if earlier is not None:
                return Done(earlier.reference)
            if charge.behaviour == Does.REFUND_REFUSED:
                return Refused(gettext_noop("The card's account is closed."))
            returned = charge.refunds.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
            if price.currency.code != charge.currency:
                return Refused(gettext_noop("This was paid in another currency."))
            if price.amount <= 0 or returned + price.amount > charge.amount:
                return Refused(gettext_noop("This is more than was captured."))
            refund = SandboxRefund.objects.create(
                charge=charge, key=key, amount=price.amount, reference=_new_reference("sbr")
            )
        return Done(refund.reference)

    def find(self, *, key: str = "", reference: str = "") -> Charge | None:
        charge = _books().filter(Q(reference=reference) if reference else Q(key=key)).first()
        if charge is None:
            return None
        _ripen(charge)
        return _as_charge(charge)

    def charges(self, *, since: datetime, until: datetime | None = None) -> Iterator[Charge]:
        began = _books().filter(created_at__gte=since)
        if until is not None:
            began = began.filter(created_at__lt=until)
        for charge in began.order_by("created_at").iterator(chunk_size=500):
            _ripen(charge)
            yield _as_charge(charge)

    def read_webhook(self, *, headers: Mapping[str, str], body: bytes) -> GatewayEvent:
        check_signature(headers=headers, body=body, now_s=time.time())
        event = json.loads(body)
        return GatewayEvent(id=event["id"], kind=event["kind"], key=event["key"], reference=event["reference"])

    def _open(self, key: str, price: Money, method: Method, return_url: str) -> SandboxCharge:
        """A new charge, and the webhooks about it. If another process opens it at the same time, that one's."""
        behaviour = behaviour_of(method)
        plan = PLANS[behaviour]
        decides_at = timezone.now() + timedelta(seconds=plan.delay_s)
        try:
            with transaction.atomic():
                charge = SandboxCharge.objects.create(
                    key=key,
                    reference=_new_reference("sbx"),
                    amount=price.amount,
                    currency=price.currency.code,
                    status=plan.starts,
                    behaviour=behaviour,
                    decides_at=decides_at if plan.becomes else None,
                    return_url=return_url,
                )
                schedule(charge, plan, due_at=decides_at)
        except IntegrityError:
            return SandboxCharge.objects.get(key=key)
        if behaviour == Does.ANSWER_LOST:
            raise GatewayUnavailable
        return charge

    def _move(self, reference: str, to: Status, allowed: Q) -> Done | Refused:
        """A charge is captured or voided, only once one or the other; repeating is harmless."""
        if SandboxCharge.objects.filter(allowed, reference=reference).update(status=to):
            return Done(reference)
        charge = SandboxCharge.objects.filter(reference=reference).first()
        if charge is None:
            return Refused("There is no such charge.")
        if charge.status != to:
            return Refused(f"The charge is {charge.get_status_display().lower()}.")
        return Done(reference)


def _books() -> QuerySet[SandboxCharge, Any]:
    """Without what was given up before it began, of which not even the amount is known."""
    return SandboxCharge.objects.exclude(status=Status.ABANDONED).annotate(returned=Sum("refunds__amount"))


def _ripen(charge: SandboxCharge) -> None:
    """The bank has decided once its time has come, whether or not anybody looked at that moment."""
    if charge.status != Status.PENDING or charge.decides_at is None or charge.decides_at > timezone.now():
        return
    becomes = PLANS[charge.behaviour].becomes
    SandboxCharge.objects.filter(pk=charge.pk, status=Status.PENDING).update(status=becomes)
    charge.refresh_from_db(fields=["status"])


def _as_charge(charge: Any) -> Charge:
    state = _STATES[charge.status]
    return Charge(
        key=charge.key,
        reference=charge.reference,
        state=state,
        price=charge.price,
        refunded=Money(charge.returned or 0, charge.currency),
        created_at=charge.created_at,
        reason=_DECLINED if state is ChargeState.DECLINED else "",
        url=_step_url(charge) if state is ChargeState.ACTION_REQUIRED else "",
    )


def _step_url(charge: SandboxCharge) -> str:
    """Where the customer takes the second step: on the site that is to be returned to."""
    return urljoin(charge.return_url, reverse("payments:sandbox_step", args=[charge.reference]))


def _new_reference(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(12)}"
