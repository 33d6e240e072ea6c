"""The sandbox gateway's own books, which a real gateway would keep elsewhere. No card is in them."""

from django.db import models


class SandboxCharge(models.Model):
    """The sandbox gateway's own book of charges, which a real gateway would keep elsewhere. No card is in it."""

    class Status(models.TextChoices):
        AUTHORISED = "authorised", "Authorised"
        DECLINED = "declined", "Declined"
        ABANDONED = "abandoned", "Given up before it was authorised"
        CAPTURED = "captured", "Captured"
        VOIDED = "voided", "Voided"

    key = models.CharField(max_length=128, unique=True)
    reference = models.CharField(max_length=40, unique=True)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=12, choices=Status)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.reference


class SandboxRefund(models.Model):
    charge = models.ForeignKey(SandboxCharge, on_delete=models.PROTECT, related_name="refunds")
    key = models.CharField(max_length=128, unique=True)
    reference = models.CharField(max_length=40, unique=True)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.reference
