"""Inventories: the named seats and legs that the seat store sells for one departure or performance.

Django keeps the drawing of the seats and whether the store has been told; which seat is taken is never kept here.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from booking.placing.clusters import first_cluster


class SeatPlan(models.Model):
    """A drawing of seats, shared by every inventory that has the same one; its key is a hash of its content."""

    digest = models.CharField(max_length=64, primary_key=True)
    layout = models.JSONField()
    seat_count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return (
            ngettext("%(count)s seat", "%(count)s seats", self.seat_count) % {"count": self.seat_count}
            + f" ({self.digest[:8]})"
        )


class Inventory(models.Model):
    class State(models.TextChoices):
        PUBLISHING = "publishing", _("Waiting for the seat store")
        OPEN = "open", _("On sale")
        CLOSING = "closing", _("Being taken off sale")
        CLOSED = "closed", _("Off sale")
        REFUSED = "refused", _("Refused by the seat store")

    id = models.CharField(max_length=64, primary_key=True)
    plan = models.ForeignKey(SeatPlan, on_delete=models.PROTECT, related_name="inventories")
    legs = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=12, choices=State, default=State.PUBLISHING)
    # Raised with every new wish; what the store answers to an earlier one settles nothing.
    wish = models.PositiveIntegerField(default=0, editable=False)
    # The store cluster that decides who has these seats.
    cluster = models.CharField(max_length=32, default=first_cluster)
    # How often they were moved to another one: tells whether somebody who asks still means the same place.
    moves = models.PositiveSmallIntegerField(default=0, editable=False)
    # Where they were before, as long as what may have changed there at the last moment has not been looked for.
    moved_from = models.CharField(max_length=32, blank=True, default="", editable=False)
    # Whoever wants seats here must have been let in (booking/waiting_room/).
    has_waiting_room = models.BooleanField(default=False, editable=False)
    # Sold to sandbox keys alone, for no real money (booking/selling/trying.py).
    for_trying = models.BooleanField(default=False, editable=False)
    opened_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=240, blank=True)

    class Meta:
        verbose_name_plural = "inventories"
        indexes = [models.Index(fields=["state"])]

    def __str__(self) -> str:
        return self.id

    @property
    def is_train(self) -> bool:
        return hasattr(self, "departure")

    @property
    def offering(self):
        """The departure or performance these seats belong to."""
        return self.departure if self.is_train else self.performance
