"""What is kept of a conversation? What was asked and said, so that the next question may build on it; not for long."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from accounts.models import User


class Conversation(models.Model):
    """Some questions that belong together. Whose it is, says `customer`; nobody's, whoever shows its key."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    customer = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="conversations")
    # SHA-256 of the key of somebody who is not logged in; empty if it is a customer's.
    key_digest = models.CharField(max_length=64, blank=True)
    # What is being talked of, as services.Context writes it.
    context = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "-id"]

    def __str__(self) -> str:
        return str(self.pk)


class Turn(models.Model):
    """A question and its answer. Only the newest are kept."""

    class Voice(models.TextChoices):
        """Who found the words, and if a language model was asked in vain, why it was not heard."""

        SITE = "site", "the site"
        MODEL = "model", "a language model"
        TOO_SLOW = "too-slow", "the site; the model was too slow"
        WRONG = "wrong", "the site; the model changed what is true"
        AWAY = "away", "the site; the model could not be asked"
        SPENT = "spent", "the site; no words of the model are left today"

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="turns")
    number = models.PositiveIntegerField()
    at = models.DateTimeField(db_index=True)
    question = models.TextField()
    answer = models.TextField()
    intent = models.CharField(max_length=32)
    # Suggestions and actions as they were shown.
    offered = models.JSONField(default=dict)
    voice = models.CharField(max_length=8, choices=Voice, default=Voice.SITE)
    took_ms = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["conversation", "number"], name="one_turn_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.number}"


class ModelUse(models.Model):
    """How many tokens of the language model somebody has used on a day, in UTC."""

    day = models.DateField()
    # "customer-ID", or a digest of the address of who is not logged in.
    who = models.CharField(max_length=64)
    tokens = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["day", "who"], name="one_use_per_day")
        ]

    def __str__(self) -> str:
        return f"{self.who} {self.day}"
