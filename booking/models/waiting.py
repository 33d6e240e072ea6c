"""Waiting lists: who would like seats of a run or performance that has none left, in the order in which they came."""

import uuid

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy

from .inventory import Inventory
from .orders import Order


class WaitingEntry(models.Model):
    """One customer's place in the line for a number of seats of one class or zone on the same legs."""

    class State(models.TextChoices):
        WAITING = "waiting", gettext_lazy("Waiting")
        OFFERED = "offered", gettext_lazy("Seats are held for the customer")
        TAKEN = "taken", gettext_lazy("Bought")
        PASSED = "passed", gettext_lazy("Offered and not bought in time")
        LEFT = "left", gettext_lazy("Given up by the customer")
        OVER = "over", gettext_lazy("Not offered before it began")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="waiting")
    inventory = models.ForeignKey(Inventory, on_delete=models.PROTECT, related_name="waiting")
    first_leg = models.PositiveSmallIntegerField(default=0)
    end_leg = models.PositiveSmallIntegerField(default=1)
    zone = models.CharField(
        max_length=12, blank=True, help_text=gettext_lazy("Code of the class or price zone; empty: any.")
    )
    count = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    # In which the customer asked. Empty: the site's own.
    language = models.CharField(max_length=10, blank=True, editable=False)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    # How often seats seemed free and were somebody else's: part of the next request's id.
    attempts = models.PositiveIntegerField(default=0, editable=False)
    # The seats that were offered, held until they are paid for or not.
    order = models.OneToOneField(Order, null=True, blank=True, on_delete=models.PROTECT, related_name="waiting_entry")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["created_at", "id"]
        verbose_name_plural = gettext_lazy("waiting entries")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "inventory", "first_leg", "end_leg", "zone"],
                condition=models.Q(state__in=["waiting", "offered"]),
                name="one_place_in_a_waiting_list",
            ),
            models.CheckConstraint(
                condition=models.Q(end_leg__gt=models.F("first_leg"), count__gte=1), name="one_waits_for_something"
            ),
        ]
        indexes = [models.Index(fields=["state", "created_at"])]

    def __str__(self) -> str:
        return f"{self.inventory_id}: {self.customer} ({self.count})"
