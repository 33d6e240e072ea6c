"""The sandbox gateway's own books, which a real gateway would keep elsewhere. No card is in them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from moneyed import Money


class SandboxCharge(models.Model):
    """An authorisation and what became of it."""

    class Status(models.TextChoices):
        ACTION_REQUIRED = "action", _("Waiting for the customer")
        PENDING = "pending", _("Waiting for the bank")
        AUTHORISED = "authorised", _("Authorised")
        DECLINED = "declined", _("Declined")
        ABANDONED = "abandoned", _("Given up before it was authorised")
        CAPTURED = "captured", _("Captured")
        VOIDED = "voided", _("Voided")

    class Behaviour(models.TextChoices):
        """What its test number makes it do (payments/gateways/sandbox/plans.py)."""

        PLAIN = "plain", _("Authorised")
        DECLINED = "declined", _("Declined")
        SECOND_STEP = "second-step", _("Needs a second step")
        ANSWER_LOST = "answer-lost", _("The answer is lost")
        PROMPT = "prompt", _("Approved in a moment")
        DECLINED_LATER = "declined-later", _("Declined in a moment")
        LATE = "late", _("Approved late")
        TWICE = "twice", _("Told twice")
        OUT_OF_ORDER = "out-of-order", _("Told in the wrong order")
        NEVER = "never", _("Never told")
        IGNORED = "ignored", _("Never answered")
        CAPTURE_REFUSED = "capture-refused", _("Cannot be captured")
        REFUND_REFUSED = "refund-refused", _("Cannot be refunded")

    key = models.CharField(max_length=128, unique=True)
    reference = models.CharField(max_length=40, unique=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=12, choices=Status)
    behaviour = models.CharField(max_length=16, choices=Behaviour, default=Behaviour.PLAIN)
    # When a charge that waits for the bank will have been decided; never, if it is empty.
    decides_at = models.DateTimeField(null=True, blank=True)
    return_url = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return self.reference

    @property
    def price(self) -> Money:
        return Money(self.amount, self.currency)


class SandboxRefund(models.Model):
    charge = models.ForeignKey(SandboxCharge, on_delete=models.PROTECT, related_name="refunds")
    key = models.CharField(max_length=128, unique=True)
    reference = models.CharField(max_length=40, unique=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.reference


class SandboxWebhook(models.Model):
    """One event that the site is told of, as often as `copies_left` says."""

    charge = models.ForeignKey(SandboxCharge, on_delete=models.CASCADE, related_name="webhooks")
    event_id = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=40)
    copies_left = models.PositiveSmallIntegerField(default=1)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=models.Q(copies_left__gt=0), name="sandbox_webhooks_due")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.charge}"
