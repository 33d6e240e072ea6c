"""Other seats for somebody who paid when the order's time was over and its seats were somebody else's."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from .orders import Order, OrderPart


class LateOffer(models.Model):
    """Seats as good as those that are gone, held for a limited time at the price that was paid for the others."""

    class State(models.TextChoices):
        ASKED = "asked", _("Being looked for")
        OFFERED = "offered", _("Held for the customer")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        OVER = "over", _("Not accepted in time")
        NOTHING = "nothing", _("There were none")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="late_offers")
    # Who paid late: one payment is made one offer.
    attempt = models.UUIDField(unique=True, editable=False)
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    valid_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="offered") | models.Q(valid_until__isnull=False),
                name="a_late_offer_has_an_end",
            )
        ]

    def __str__(self) -> str:
        return f"{self.order.reference}: {self.get_state_display()}"


class LateOfferHold(models.Model):
    """What an offer holds in the store for a part's seats of one class or zone."""

    offer = models.ForeignKey(LateOffer, on_delete=models.PROTECT, related_name="holds")
    part = models.ForeignKey(OrderPart, on_delete=models.PROTECT, related_name="late_offers")
    hold_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    zone = models.CharField(max_length=12)
    # Which seat is offered for each, by names: the same one where nobody has it, none before the store has chosen.
    seats = models.JSONField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return ", ".join(f"{old} → {new or '?'}" for old, new in self.seats.items())
