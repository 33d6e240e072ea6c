"""What the house itself does with seats: keeping some from sale for a reason, and moving a customer to another.

Each is a row first, then a command to the seat store under an id that the row gives it, so that whatever stops in
between is finished by the worker from the row.
"""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .inventory import Inventory
from .orders import OrderPart


class SeatBlock(models.Model):
    """Seats kept from sale: to the store a sold hold of its own. With `release_at` they are held for the house."""

    class State(models.TextChoices):
        ASKED = "asked", _("Being blocked")
        BLOCKED = "blocked", _("Blocked")
        GIVING_BACK = "giving_back", _("Being given back")
        ENDED = "ended", _("Given back")
        REFUSED = "refused", _("Refused by the seat store")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    inventory = models.ForeignKey(Inventory, on_delete=models.PROTECT, related_name="blocks")
    # Another one when a hold ran out before it was made a sale.
    hold_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Names: those that are blocked, or were asked to be.
    seats = models.JSONField()
    # Those of them that are on their way back.
    giving_back = models.JSONField(default=list)
    first_leg = models.PositiveSmallIntegerField(default=0)
    end_leg = models.PositiveSmallIntegerField(default=1)
    reason = models.CharField(max_length=200)
    release_at = models.DateTimeField(
        _("release at"), null=True, blank=True, help_text=_("Then they go on sale by themselves.")
    )
    state = models.CharField(max_length=12, choices=State, default=State.ASKED)
    last_error = models.CharField(max_length=240, blank=True)
    blocked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("blocked by")
    )
    # Nobody: its time was over.
    given_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("given back by")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end_leg__gt=models.F("first_leg")), name="a_seat_block_covers_a_leg"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="a_seat_block_has_a_reason"),
        ]
        indexes = [models.Index(fields=["state", "release_at"]), models.Index(fields=["inventory", "state"])]

    def __str__(self) -> str:
        return f"{', '.join(self.seats[:3])}{'…' if len(self.seats) > 3 else ''}: {self.reason}"


class SeatMove(models.Model):
    """A customer who gets another seat at the same price: to the store an exchange of the part's hold for a new one."""

    class State(models.TextChoices):
        ASKED = "asked", _("Being moved")
        MOVED = "moved", _("Moved")
        REFUSED = "refused", _("Refused by the seat store")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    part = models.ForeignKey(OrderPart, on_delete=models.PROTECT, related_name="moves")
    from_seat = models.CharField(max_length=16)
    to_seat = models.CharField(max_length=16)
    to_zone = models.CharField(max_length=12)
    # All that the new hold has: the part's seats that were not cancelled, with the new one in place of the old.
    seats = models.JSONField()
    old_hold_id = models.UUIDField(editable=False)
    new_hold_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=12, choices=State, default=State.ASKED)
    last_error = models.CharField(max_length=240, blank=True)
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("moved by")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            # Two at once would exchange the same hold twice.
            models.UniqueConstraint(
                fields=["part"], condition=models.Q(state="asked"), name="one_seat_move_at_a_time_per_part"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="a_seat_move_has_a_reason"),
        ]
        indexes = [models.Index(fields=["state"])]

    def __str__(self) -> str:
        return f"{self.from_seat} → {self.to_seat}"
