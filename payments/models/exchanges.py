"""Exchanges: a customer gives the seats of one part of an order for others, of the same run or of another one."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from booking.models import Inventory, Order, OrderPart


class Exchange(models.Model):
    class Status(models.TextChoices):
        CREATED = "CREATED", _("Asked for")
        # The store has done it; the difference has still to be taken.
        SWAPPED = "SWAPPED", _("Exchanged, being paid")
        DONE = "DONE", _("Exchanged")
        # The difference could not be taken: the new seats are given back for the old ones, or were.
        RETURNING = "RETURNING", _("Not paid, being exchanged back")
        RETURNED = "RETURNED", _("Not paid, exchanged back")
        # The old seats were gone: the customer has the new ones for the old price, and a person is told.
        UNPAID = "UNPAID", _("Exchanged, not paid")
        FAILED = "FAILED", _("Not exchanged")

    # Nothing else may happen to the order's seats meanwhile.
    UNDER_WAY = (Status.CREATED, Status.SWAPPED, Status.RETURNING)
    # How it ends where the store has exchanged the seats and the difference could not be taken.
    NOT_PAID = (Status.RETURNED, Status.UNPAID)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="exchanges")
    request_id = models.CharField(max_length=128)
    status = models.CharField(max_length=10, choices=Status, default=Status.CREATED)
    # What is given: all seats of this part that are left, under the hold that it has.
    part = models.ForeignKey(OrderPart, on_delete=models.PROTECT, related_name="exchanges")
    old_hold_id = models.UUIDField(editable=False)
    old_seats = models.JSONField(default=list, help_text=_("Names of the seats that are given."))
    # What is wanted for them: name, zone, amount and passenger type of each seat.
    inventory = models.ForeignKey(Inventory, on_delete=models.PROTECT, related_name="exchanges")
    first_leg = models.PositiveSmallIntegerField()
    end_leg = models.PositiveSmallIntegerField()
    seats = models.JSONField()
    new_hold_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Written with the step that the order's rows take.
    new_part = models.OneToOneField(
        OrderPart, null=True, editable=False, on_delete=models.PROTECT, related_name="got_by_exchange"
    )
    # Under which the old seats are sold again if the difference cannot be taken: a hold that was given back stays so.
    back_hold_id = models.UUIDField(null=True, unique=True, editable=False)
    old_amount = models.DecimalField(max_digits=12, decimal_places=2)
    new_amount = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    failure = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["order", "request_id"], name="one_exchange_per_request"),
            models.UniqueConstraint(
                fields=["order"],
                condition=models.Q(status__in=["CREATED", "SWAPPED", "RETURNING"]),
                name="one_exchange_at_a_time_per_order",
            ),
            models.CheckConstraint(
                condition=models.Q(end_leg__gt=models.F("first_leg")), name="an_exchange_covers_a_leg"
            ),
            models.CheckConstraint(
                condition=models.Q(old_amount__gt=0, new_amount__gt=0), name="an_exchange_is_of_something"
            ),
        ]
        indexes = [models.Index(fields=["status", "updated_at"])]

    def __str__(self) -> str:
        return f"{self.order.reference}: {self.part_id} for {self.inventory_id}"

    @property
    def difference(self) -> Money:
        """What the customer pays; what goes back, if it is negative."""
        return Money(self.new_amount - self.old_amount, self.currency)
