"""Orders: who bought which seats for how much. The seat store knows an order only by the ids of its holds.

An order has one or several parts, each of one inventory and one hold in the store: a return journey has two parts with
two inventories, a journey with one change of seat two parts of the same inventory whose legs adjoin.
"""

import secrets
import uuid

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from .inventory import Inventory

# No vowels and nothing that is misread aloud or on paper.
_REFERENCE_LETTERS = "BCDFGHJKMNPQRSTVWXYZ23456789"


def new_reference() -> str:
    """A booking code a person can read over the phone: 8 letters, about 38 bits."""
    return "".join(secrets.choice(_REFERENCE_LETTERS) for _ in range(8))


class Order(models.Model):
    """Never deleted: what was bought, and how it ended, stays to be asked for."""

    class Status(models.TextChoices):
        DRAFT = "DRAFT", _("Being put together")
        AWAITING_PAYMENT = "AWAITING_PAYMENT", _("Awaiting payment")
        CONFIRMING = "CONFIRMING", _("Being confirmed")
        CONFIRMED = "CONFIRMED", _("Confirmed")
        PARTLY_CANCELLED = "PARTLY_CANCELLED", _("Partly cancelled")
        CANCELLED = "CANCELLED", _("Cancelled")
        EXPIRED = "EXPIRED", _("Expired")
        NEEDS_ATTENTION = "NEEDS_ATTENTION", _("Needs attention")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=8, unique=True, default=new_reference, editable=False)
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="orders")
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    amount = models.DecimalField(max_digits=12, decimal_places=2, validators=[MinValueValidator(0)])
    currency = models.CharField(max_length=3)
    # The customer's idempotency key: the same key always means this order.
    request_id = models.CharField(max_length=128)
    # In which it was ordered, and mails are written where the customer's profile names none. Empty: the site's own.
    language = models.CharField(max_length=10, blank=True, editable=False)
    # The earliest end of its parts' holds.
    held_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "request_id"], name="one_order_per_request"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="an_order_costs_no_less_than_nothing"),
        ]
        indexes = [models.Index(fields=["status", "held_until"])]

    def __str__(self) -> str:
        return self.reference

    @property
    def price(self) -> Money:
        """What all its seats cost when they were sold."""
        return Money(self.amount, self.currency)


class OrderPart(models.Model):
    """What an order has of one inventory: one hold in the store, of all its seats on the same legs."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="parts")
    # Counted from 1, in the order of travel.
    position = models.PositiveSmallIntegerField(default=1)
    inventory = models.ForeignKey(Inventory, on_delete=models.PROTECT, related_name="order_parts")
    hold_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Half-open range of legs, counted from 0: a train's leg k runs from stop k to stop k+1.
    first_leg = models.PositiveSmallIntegerField(default=0)
    end_leg = models.PositiveSmallIntegerField(default=1)
    # The customer does not mind which seat: it may be changed for another one as good, to make room.
    any_seat = models.BooleanField(default=False)
    # What the store was asked to choose (booking/choosing/choice.py); nothing where the customer pointed at seats.
    choice = models.JSONField(null=True, blank=True, editable=False)
    # The store may have moved others for it, and their orders have not been told yet.
    moves_pending = models.BooleanField(default=False, editable=False)
    # The refund terms it was sold under (booking/selling/refund_terms.py); orders older than policies have none.
    terms = models.JSONField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["order", "position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="one_order_part_per_position"),
            models.CheckConstraint(
                condition=models.Q(end_leg__gt=models.F("first_leg")), name="an_order_part_covers_a_leg"
            ),
        ]
        indexes = [
            models.Index(fields=["inventory"], condition=models.Q(moves_pending=True), name="order_parts_moves_pending")
        ]

    def __str__(self) -> str:
        return f"{self.order.reference}/{self.position}"


class OrderSeat(models.Model):
    """One seat of an order, at the price it was sold for."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="seats")
    part = models.ForeignKey(OrderPart, on_delete=models.PROTECT, related_name="seats")
    name = models.CharField(max_length=16)
    zone = models.CharField(max_length=12, help_text=_("Class of a train, price zone of a hall."))
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    passenger_type = models.CharField(max_length=12, default="adult", help_text=_("Code: adult, child and so on."))
    passenger_name = models.CharField(max_length=80, blank=True, help_text=_("As the customer gave it; on the ticket."))
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["part", "name"], name="a_seat_once_per_order_part"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="an_order_seat_costs_something"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.order.reference})"

    @property
    def price(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def label(self) -> str:
        """Names this seat within its order: two trains of a return journey may both have a B1-5."""
        return self.name if self.part.position == 1 else f"{self.part.position}:{self.name}"


class OrderEvent(models.Model):
    """One step that an order took, written in the same transaction as the step."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="history")
    at = models.DateTimeField()
    from_status = models.CharField(max_length=20, choices=Order.Status)
    to_status = models.CharField(max_length=20, choices=Order.Status)
    actor = models.CharField(max_length=64, blank=True, help_text=_("On whose behalf."))
    reason = models.CharField(max_length=200, blank=True)
    # Whether those who follow the order have been told (partners/): the row itself is what waits to be told.
    told = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["id"], condition=models.Q(told=False), name="order_events_untold")]

    def __str__(self) -> str:
        return f"{self.order.reference}: {self.from_status} → {self.to_status}"
