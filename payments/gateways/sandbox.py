"""A payment gateway of our own, for test numbers: no money moves, everything else is as with a real one.

It keeps its own books (SandboxCharge, SandboxRefund), so that a repeated key finds its first answer after any
restart, a reference it never gave is refused, and nobody gets back more than was taken.

    ....9999    declined, whatever stands before it
    any other   authorised, if its check digit is right (4242 4242 4242 4242, for one)
"""

import secrets
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from payments.cards import Card, CardInvalid, passes_luhn
from payments.gateways.base import Authorised, Declined, Done, Refused
from payments.models import SandboxCharge, SandboxRefund

_DECLINED = "The bank declined the card."

Status = SandboxCharge.Status


class SandboxGateway:
    name = "sandbox"

    def check(self, card: Card, *, today: date) -> None:
        card.check(today=today)
        if not card.digits.endswith("9999") and not passes_luhn(card.digits):
            raise CardInvalid("number", "This card number is not right; please check its digits.")

    def authorise(self, *, key: str, amount: Decimal, currency: str, card: Card) -> Authorised | Declined:
        charge, _ = SandboxCharge.objects.get_or_create(
            key=key,
            defaults={
                "reference": f"sbx_{secrets.token_hex(12)}",
                "amount": amount,
                "currency": currency,
                "status": Status.DECLINED if card.digits.endswith("9999") else Status.AUTHORISED,
            },
        )
        if (charge.amount, charge.currency) != (amount, currency) and charge.status != Status.ABANDONED:
            return Declined("This key was used for another amount.")
        match charge.status:
            case Status.DECLINED:
                return Declined(_DECLINED)
            case Status.ABANDONED:
                return Declined("This payment was given up.")
            case _:
                return Authorised(charge.reference)

    def abandon(self, *, key: str) -> None:
        with transaction.atomic():
            charge, created = SandboxCharge.objects.select_for_update().get_or_create(
                key=key,
                defaults={
                    "reference": f"sbx_{secrets.token_hex(12)}",
                    "amount": 0,
                    "currency": "",
                    "status": Status.ABANDONED,
                },
            )
            if not created and charge.status == Status.AUTHORISED:
                charge.status = Status.VOIDED
                charge.save(update_fields=["status"])

    def capture(self, *, key: str, reference: str) -> Done | Refused:
        return self._move(reference, Status.CAPTURED)

    def void(self, *, key: str, reference: str) -> Done | Refused:
        return self._move(reference, Status.VOIDED)

    def refund(self, *, key: str, reference: str, amount: Decimal) -> Done | Refused:
        with transaction.atomic():
            charge = SandboxCharge.objects.select_for_update().filter(reference=reference).first()
            if charge is None or charge.status != Status.CAPTURED:
                return Refused("Nothing was captured under this reference.")
            earlier = charge.refunds.filter(key=key).first()
            if earlier is not None:
                return Done(earlier.reference)
            returned = charge.refunds.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
            if amount < 0 or returned + amount > charge.amount:
                return Refused("This is more than was captured.")
            refund = SandboxRefund.objects.create(
                charge=charge, key=key, amount=amount, reference=f"sbr_{secrets.token_hex(12)}"
            )
        return Done(refund.reference)

    def _move(self, reference: str, to: str) -> Done | Refused:
        """Only what is authorised can be captured or voided, and only once one or the other; repeating is harmless."""
        if SandboxCharge.objects.filter(reference=reference, status=Status.AUTHORISED).update(status=to):
            return Done(reference)
        charge = SandboxCharge.objects.filter(reference=reference).first()
        if charge is None:
            return Refused("There is no such charge.")
        if charge.status != to:
            return Refused(f"The charge is {charge.get_status_display().lower()}.")
        return Done(reference)
