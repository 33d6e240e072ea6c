"""What gateways told us by webhook: a row for each event, written before they are answered."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class WebhookEvent(models.Model):
    """One event of a gateway's, however often it came. Of its body only these names are kept."""

    gateway = models.CharField(max_length=20)
    event_id = models.CharField(max_length=255)
    kind = models.CharField(max_length=80)
    # Which charge it speaks of: the key it was authorised with, the gateway's reference, or both.
    key = models.CharField(max_length=128, blank=True)
    reference = models.CharField(max_length=255, blank=True)
    deliveries = models.PositiveIntegerField(default=1, help_text=_("How often it came."))
    received_at = models.DateTimeField(auto_now_add=True)
    # Whoever moves this on has the event until then.
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    handled_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["-received_at"]
        constraints = [models.UniqueConstraint(fields=["gateway", "event_id"], name="one_row_per_event")]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(handled_at=None), name="webhook_events_to_handle")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"
