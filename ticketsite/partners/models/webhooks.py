"""What is a partner told, where, and did it arrive? Addresses, messages on their way there, and what was not told."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking.models import Order, OrderEvent

from .partners import Partner


class WebhookEndpoint(models.Model):
    """An address of a partner's that is told of its orders, each message signed with a secret of this address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="endpoints", verbose_name=_("partner"))
    url = models.URLField(_("address"), max_length=400)
    is_sandbox = models.BooleanField(_("for the sandbox"))
    # Sealed (accounts/sealing.py). While one secret replaces another, messages are signed with both.
    secret = models.TextField(editable=False)
    old_secret = models.TextField(blank=True, editable=False)
    old_secret_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    # Since when nothing has arrived, if the latest attempt failed.
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True, editable=False)
    disabled_at = models.DateTimeField(_("disabled at"), null=True, blank=True, editable=False)
    # The partner has still to be told by mail that it was disabled.
    notice_due = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["created_at", "id"]
        verbose_name = _("webhook address")
        verbose_name_plural = _("webhook addresses")

    def __str__(self) -> str:
        return self.url


class WebhookMessage(models.Model):
    """What is told to a partner, word for word; kept for a while, so that it can be told again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="messages", verbose_name=_("partner"))
    is_sandbox = models.BooleanField(_("for the sandbox"))
    kind = models.CharField(_("kind"), max_length=40)
    # None of a test.
    order = models.ForeignKey(
        Order, null=True, on_delete=models.PROTECT, related_name="webhook_messages", verbose_name=_("order")
    )
    # The order's steps, counted from 1: whoever gets them in another order knows which is the latest.
    number = models.PositiveIntegerField(_("number"), default=0)
    body = models.TextField(_("body"))
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        ordering = ["-created_at", "id"]
        verbose_name = _("webhook message")
        verbose_name_plural = _("webhook messages")
        indexes = [models.Index(fields=["partner", "created_at"]), models.Index(fields=["created_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "order", "number"], condition=Q(order__isnull=False), name="a_step_is_told_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.webhook_id}"

    @property
    def webhook_id(self) -> str:
        """The same in every attempt: whoever gets it twice knows it by that."""
        return f"msg_{self.pk.hex}"


class WebhookDelivery(models.Model):
    """A message on its way to one address."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        GIVEN_UP = "given_up", _("Given up")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.ForeignKey(
        WebhookMessage, on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("message")
    )
    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("webhook address")
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("next attempt"))
    attempted_at = models.DateTimeField(_("latest attempt"), null=True)
    # Of the answer to the latest attempt; None where there was no answer.
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    error = models.CharField(_("error"), max_length=200, blank=True)

    class Meta:
        ordering = ["-message__created_at", "id"]
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        constraints = [models.UniqueConstraint(fields=["message", "endpoint"], name="one_delivery_to_an_address")]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="waiting"), name="webhook_deliveries_due")]

    def __str__(self) -> str:
        return f"{self.message} → {self.endpoint}"


class UntoldStep(models.Model):
    """A step of an order that those who follow it could not be told of. It is tried again, and told it is deleted."""

    event = models.OneToOneField(OrderEvent, on_delete=models.CASCADE, related_name="untold", verbose_name=_("step"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=1)
    # Empty: it is tried no more until somebody in the back office says so.
    due_at = models.DateTimeField(_("next attempt"), null=True)
    error = models.CharField(_("error"), max_length=200)
    failed_at = models.DateTimeField(_("latest attempt"))

    class Meta:
        ordering = ["event_id"]
        verbose_name = _("step that was not told")
        verbose_name_plural = _("steps that were not told")
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="untold_steps_due")]

    def __str__(self) -> str:
        return str(self.event)
