"""What is paid back for seats that are given back: policies of trains and shows, and offers made by them."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from moneyed import Money

from .amounts import validate_currency
from .orders import Order


class RefundPolicy(models.Model):
    """Its steps say which fee is kept until when; after the last one everything is, and without any always."""

    name = models.CharField(max_length=60, unique=True)
    is_default = models.BooleanField(default=False, help_text=gettext_lazy("For whatever has no policy of its own."))

    class Meta:
        verbose_name_plural = gettext_lazy("refund policies")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="one_default_refund_policy"
            )
        ]

    def __str__(self) -> str:
        return self.name


class RefundStep(models.Model):
    """The fee for each seat that is given back so long before it begins."""

    policy = models.ForeignKey(RefundPolicy, on_delete=models.CASCADE, related_name="steps")
    minutes_before = models.PositiveIntegerField(
        help_text=gettext_lazy("Until so many minutes before the journey or show begins.")
    )
    fee_percent = models.DecimalField(
        max_digits=5, decimal_places=2, default=0, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    fee_amount = models.DecimalField(
        max_digits=12,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0)],
        help_text=gettext_lazy(
            "For each seat, on top of the percentage; only for seats that are sold in the currency beside it."
        ),
    )
    currency = models.CharField(
        max_length=3,
        blank=True,
        validators=[validate_currency],
        help_text=gettext_lazy(
            "Of the fixed fee. There may be one step for each currency at the same time, and one without."
        ),
    )

    class Meta:
        ordering = ["policy", "-minutes_before", "currency"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "minutes_before", "currency"],
                name="one_refund_step_at_a_time",
                violation_error_message=gettext_lazy("There is a step at this time for this currency."),
            ),
            models.CheckConstraint(
                condition=models.Q(fee_percent__gte=0, fee_percent__lte=100, fee_amount__gte=0),
                name="a_refund_fee_is_between_nothing_and_everything",
            ),
            models.CheckConstraint(
                condition=models.Q(fee_amount=0) | ~models.Q(currency=""),
                name="a_fixed_refund_fee_has_a_currency",
                violation_error_message=gettext_lazy("Say in which currency the fixed fee is."),
            ),
        ]

    def __str__(self) -> str:
        return _("%(policy)s: until %(minutes_before)s minutes before") % {
            "policy": self.policy,
            "minutes_before": self.minutes_before,
        }


class RefundOffer(models.Model):
    """What would be paid back for these seats, promised for a while so that somebody can decide."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refund_offers")
    seats = models.JSONField(help_text=gettext_lazy("Labels of the seats."))
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    fee = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField(auto_now_add=True)
    valid_until = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gte=0, fee__gte=0), name="a_refund_offer_is_not_negative")
        ]

    def __str__(self) -> str:
        return f"{self.order.reference}, {', '.join(self.seats)}: {self.price}"

    @property
    def price(self) -> Money:
        """What would be paid back."""
        return Money(self.amount, self.currency)

    @property
    def kept(self) -> Money:
        """The fee."""
        return Money(self.fee, self.currency)
