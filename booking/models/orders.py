"""Orders: who bought which seats for how much. The seat store knows an order only by its hold's id."""

import secrets
import uuid

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models

from .inventory import Inventory

# No vowels and nothing that is misread aloud or on paper.
_REFERENCE_LETTERS = "BCDFGHJKMNPQRSTVWXYZ23456789"


def new_reference() -> str:
    """A booking code a person can read over the phone: 8 letters, about 38 bits."""
    return "".join(secrets.choice(_REFERENCE_LETTERS) for _ in range(8))


class Order(models.Model):
    class Status(models.TextChoices):
        DRAFT = "DRAFT", "Being put together"
        AWAITING_PAYMENT = "AWAITING_PAYMENT", "Awaiting payment"
        CONFIRMING = "CONFIRMING", "Being confirmed"
        CONFIRMED = "CONFIRMED", "Confirmed"
        PARTLY_CANCELLED = "PARTLY_CANCELLED", "Partly cancelled"
        CANCELLED = "CANCELLED", "Cancelled"
        EXPIRED = "EXPIRED", "Expired"
        NEEDS_ATTENTION = "NEEDS_ATTENTION", "Needs attention"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=8, unique=True, default=new_reference, editable=False)
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="orders")
    inventory = models.ForeignKey(Inventory, on_delete=models.PROTECT, related_name="orders")
    hold_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Half-open range of legs, counted from 0: a train's leg k runs from stop k to stop k+1.
    first_leg = models.PositiveSmallIntegerField(default=0)
    end_leg = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    amount = models.DecimalField(max_digits=10, decimal_places=2, validators=[MinValueValidator(0)])
    currency = models.CharField(max_length=3)
    # The customer's idempotency key: the same key always means this order.
    request_id = models.CharField(max_length=128)
    held_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "request_id"], name="one_order_per_request"),
            models.CheckConstraint(condition=models.Q(end_leg__gt=models.F("first_leg")), name="an_order_covers_a_leg"),
        ]
        indexes = [models.Index(fields=["status", "held_until"])]

    def __str__(self) -> str:
        return self.reference


class OrderSeat(models.Model):
    """One seat of an order, at the price it was sold for."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="seats")
    name = models.CharField(max_length=16)
    zone = models.CharField(max_length=12, help_text="Class of a train, price zone of a hall.")
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["order", "name"], name="a_seat_once_per_order")]

    def __str__(self) -> str:
        return f"{self.name} ({self.order.reference})"
