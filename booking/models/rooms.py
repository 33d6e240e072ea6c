"""Waiting rooms: before which inventories do people wait when a sale opens, from when on, and how fast are they let in?

Who waits there, and in which order, is in the seat store alone (booking/waiting_room/).
"""

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from .inventory import Inventory

GATHERING = timedelta(hours=1)


def _new_seed() -> str:
    return secrets.token_hex(32)


class WaitingRoom(models.Model):
    class State(models.TextChoices):
        PLANNED = "planned", _("Waiting for the seat store")
        GATHERING = "gathering", _("Gathering")
        OPEN = "open", _("Letting people in")
        CLOSING = "closing", _("Being closed")
        CLOSED = "closed", _("Closed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    inventory = models.OneToOneField(Inventory, on_delete=models.PROTECT, related_name="waiting_room")
    opens_at = models.DateTimeField(
        help_text=_("Whoever is there by then is put in an order by lot; who comes later is behind.")
    )
    most_per_minute = models.PositiveIntegerField(
        default=300,
        validators=[MinValueValidator(1), MaxValueValidator(60_000)],
        help_text=_("So many are let in at most. While the seat store is slow, fewer are."),
    )
    admission_minutes = models.PositiveSmallIntegerField(
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_("How long somebody who was let in may choose seats."),
    )
    state = models.CharField(max_length=12, choices=State, default=State.PLANNED, editable=False)
    # Nobody is told before it opens; its SHA-256 is in the store's log before anybody comes.
    seed = models.CharField(max_length=64, default=_new_seed, editable=False)
    # How many a minute just now, and up to when they were let in (booking/waiting_room/rooms.py).
    per_minute = models.FloatField(default=0.0, editable=False)
    admitted_until = models.DateTimeField(null=True, editable=False)
    rounds = models.PositiveIntegerField(default=0, editable=False)
    last_error = models.CharField(max_length=240, blank=True, editable=False)

    class Meta:
        ordering = ["opens_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(most_per_minute__gte=1, admission_minutes__gte=1),
                name="a_waiting_room_lets_people_in",
            )
        ]

    def __str__(self) -> str:
        return str(self.inventory_id)

    @property
    def gathers_at(self) -> datetime:
        """From when on people may come."""
        return self.opens_at - GATHERING

    @property
    def commitment(self) -> str:
        return hashlib.sha256(self.seed.encode()).hexdigest()
