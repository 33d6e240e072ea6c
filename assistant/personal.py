"""What does the assistant keep of a person? Conversations, for a while (accounts/rooms.py)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from accounts.models import User

from .conversations import conversations_of
from .language_model.budget import forget_uses_of
from .models import Conversation


def hand_over(*, guests: Collection[User], to: User) -> None:
    Conversation.objects.filter(customer__in=guests).update(customer=to)


def kept_of(*, person: User) -> dict[str, Any]:
    return {
        "conversations": [
            {
                "begun": conversation.created_at,
                "turns": [
                    {"at": turn.at, "question": turn.question, "answer": turn.answer}
                    for turn in conversation.turns.all()
                ],
            }
            for conversation in conversations_of(person).prefetch_related("turns")
        ]
    }


def unfinished(*, person: User, now: datetime) -> list[str]:
    """Nothing that was said is lost by being forgotten: the assistant changes nothing."""
    return []


def forget(*, person: User) -> None:
    conversations_of(person).delete()
    forget_uses_of(person)
