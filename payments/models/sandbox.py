"""The sandbox gateway's own books, which a real gateway would keep elsewhere. No card is in them."""

from django.db import models
from moneyed import Money


class SandboxCharge(models.Model):
    """An authorisation and what became of it."""

    class Status(models.TextChoices):
        ACTION_REQUIRED = "action", "Waiting for the customer"
        PENDING = "pending", "Waiting for the bank"
        AUTHORISED = "authorised", "Authorised"
        DECLINED = "declined", "Declined"
        ABANDONED = "abandoned", "Given up before it was authorised"
        CAPTURED = "captured", "Captured"
        VOIDED = "voided", "Voided"

    class Behaviour(models.TextChoices):
        """What its test number makes it do (payments/gateways/sandbox/plans.py)."""

        PLAIN = "plain", "Authorised"
        DECLINED = "declined", "Declined"
        SECOND_STEP = "second-step", "Needs a second step"
        ANSWER_LOST = "answer-lost", "The answer is lost"
        PROMPT = "prompt", "Approved in a moment"
        DECLINED_LATER = "declined-later", "Declined in a moment"
        LATE = "late", "Approved late"
        TWICE = "twice", "Told twice"
        OUT_OF_ORDER = "out-of-order", "Told in the wrong order"
        NEVER = "never", "Never told"
        IGNORED = "ignored", "Never answered"
        CAPTURE_REFUSED = "capture-refused", "Cannot be captured"
        REFUND_REFUSED = "refund-refused", "Cannot be refunded"

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
