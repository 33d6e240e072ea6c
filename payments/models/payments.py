"""Money taken and given back. Of a card only brand, last four digits and expiry month are kept."""

import uuid
from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from moneyed import Money

from booking.models import Order
from booking.remarks import in_words_of_the_reader

from .exchanges import Exchange

_AUTHORISE = ":authorise"


class Payment(models.Model):
    class Status(models.TextChoices):
        CREATED = "CREATED", gettext_lazy("Created")
        # The customer's turn, at action_url; or the bank's, if that is empty.
        REQUIRES_ACTION = "REQUIRES_ACTION", gettext_lazy("Needs a further step")
        AUTHORISED = "AUTHORISED", gettext_lazy("Authorised")
        CAPTURED = "CAPTURED", gettext_lazy("Paid")
        FAILED = "FAILED", gettext_lazy("Refused")
        VOIDED = "VOIDED", gettext_lazy("Voided")

    class Method(models.TextChoices):
        CARD = "card", gettext_lazy("Card")
        UPI = "upi", "UPI"
        HOSTED = "hosted", gettext_lazy("On the payment service's page")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    # Whose difference this pays; of the order itself, if it is empty.
    exchange = models.OneToOneField(
        Exchange, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="payment"
    )
    request_id = models.CharField(max_length=128)
    status = models.CharField(max_length=16, choices=Status, default=Status.CREATED)
    amount = models.DecimalField(max_digits=12, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))])
    currency = models.CharField(max_length=3)
    gateway = models.CharField(max_length=20)
    gateway_reference = models.CharField(max_length=255, blank=True)
    action_url = models.CharField(max_length=2048, blank=True)
    method = models.CharField(max_length=8, choices=Method, default=Method.CARD)
    upi_id = models.CharField(max_length=40, blank=True, help_text=gettext_lazy("Only the beginning and the bank."))
    card_brand = models.CharField(max_length=20, blank=True)
    card_last4 = models.CharField(max_length=4, blank=True)
    card_expiry = models.CharField(max_length=7, blank=True, help_text="YYYY-MM")
    failure = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["order", "request_id"], name="one_payment_per_request"),
            models.UniqueConstraint(
                fields=["order"],
                condition=models.Q(
                    status__in=["CREATED", "REQUIRES_ACTION", "AUTHORISED", "CAPTURED"], exchange__isnull=True
                ),
                name="one_live_payment_per_order",
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="a_payment_is_of_something"),
        ]
        indexes = [
            models.Index(fields=["status", "updated_at"]),
            models.Index(fields=["gateway", "created_at"], name="payments_in_time"),
        ]

    def __str__(self) -> str:
        return f"{self.order.reference}: {self.amount} {self.currency}"

    @property
    def price(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def why_failed(self) -> str:
        """For people, in their language; kept is what the gateway said, in English."""
        return in_words_of_the_reader(self.failure)

    @property
    def authorisation_key(self) -> str:
        """Under which the gateway knows it, also where its answer was lost."""
        return f"{self.pk}{_AUTHORISE}"

    @classmethod
    def id_of(cls, authorisation_key: str) -> uuid.UUID | None:
        """Whose key is this? None: not one of ours."""
        try:
            return uuid.UUID(authorisation_key.removesuffix(_AUTHORISE))
        except ValueError:
            return None

    @property
    def paid_with(self) -> str:
        """What the customer recognises: "Visa ending 4242", "UPI as…@bank"."""
        if self.card_last4:
            return _("%(brand)s ending %(digits)s") % {"brand": self.card_brand, "digits": self.card_last4}
        return f"UPI {self.upi_id}" if self.upi_id else self.get_method_display()


class Refund(models.Model):
    class Status(models.TextChoices):
        CREATED = "CREATED", gettext_lazy("Created")
        IN_TRANSIT = "IN_TRANSIT", gettext_lazy("On its way")
        DONE = "DONE", gettext_lazy("Paid back")
        FAILED = "FAILED", gettext_lazy("Failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    # Whose difference this pays back; of cancelled seats, if it is empty.
    exchange = models.ForeignKey(
        Exchange, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="refunds"
    )
    request_id = models.CharField(max_length=128)
    status = models.CharField(max_length=16, choices=Status, default=Status.CREATED)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    fee = models.DecimalField(
        max_digits=12, decimal_places=2, default=Decimal(0), help_text=gettext_lazy("What is kept of the seats' price.")
    )
    seats = models.JSONField(default=list, help_text=gettext_lazy("Names of the seats this pays back."))
    whole_order = models.BooleanField(
        default=False, help_text=gettext_lazy("The customer asked for everything that was left.")
    )
    gateway_reference = models.CharField(max_length=255, blank=True)
    failure = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["payment", "request_id"], name="one_refund_per_request"),
            # Nothing at all may be left to pay back: the policy keeps everything.
            models.CheckConstraint(condition=models.Q(amount__gte=0, fee__gte=0), name="a_refund_is_not_negative"),
        ]
        indexes = [models.Index(fields=["status", "updated_at"])]

    def __str__(self) -> str:
        return f"{self.payment.order.reference}: -{self.amount} {self.currency}"

    @property
    def why_failed(self) -> str:
        """As of payments."""
        return in_words_of_the_reader(self.failure)

    @property
    def price(self) -> Money:
        """What goes back to the customer."""
        return Money(self.amount, self.currency)

    @property
    def kept(self) -> Money:
        """The fee."""
        return Money(self.fee, self.currency)
