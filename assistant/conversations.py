"""Who may go on with a conversation, what is kept of it, and for how long?

A customer's conversation is theirs by their account alone. Of somebody who is not logged in it is whoever's that shows
its key, which is told once, when it begins. If they log in and go on with it, it is the account's.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.crypto import constant_time_compare

from accounts.models import User

from .errors import ConversationUnknown
from .models import Conversation, ModelUse, Turn

TURNS_KEPT = 50
CONVERSATIONS_KEPT = 20
KEPT_FOR_CUSTOMERS = timedelta(days=30)
KEPT_FOR_OTHERS = timedelta(days=1)
USES_KEPT = timedelta(days=8)


def find(*, conversation_id: UUID, person: User | None, key: str) -> Conversation:
    """The conversation, if it is the caller's.

    Raises:
        ConversationUnknown: there is none by this id, or it is somebody else's; which of them is not told.
    """
    found = Conversation.objects.filter(pk=conversation_id).first()
    if found is None or not _is_of(found, person, key):
        raise ConversationUnknown
    return found


def conversations_of(person: User) -> QuerySet[Conversation]:
    return Conversation.objects.filter(customer=person)


def begin(*, person: User | None, now: datetime) -> tuple[Conversation, str]:
    """A new conversation, and its key if nobody is logged in. A customer's oldest make room for it."""
    key = "" if person else secrets.token_urlsafe(24)
    begun = Conversation.objects.create(
        customer=person, key_digest=_digest(key) if key else "", created_at=now, used_at=now
    )
    if person:
        too_many = conversations_of(person).order_by("-used_at", "-pk").values_list("pk", flat=True)
        Conversation.objects.filter(pk__in=list(too_many[CONVERSATIONS_KEPT : CONVERSATIONS_KEPT * 2])).delete()
    return begun, key


def keep_turn(
    *, conversation: Conversation, person: User | None, context: dict[str, Any], now: datetime, **said: Any
) -> Turn:
    """Write down what was asked and said, and what is being talked of now; the oldest turns make room.

    Args:
        said: question, answer, intent, offered, voice and took_ms of the turn.

    Raises:
        ConversationUnknown: it was deleted meanwhile.
    """
    with transaction.atomic():
        locked = Conversation.objects.select_for_update().filter(pk=conversation.pk).first()
        if locked is None:
            raise ConversationUnknown
        if locked.customer is None and person is not None:
            locked.customer, locked.key_digest = person, ""
        locked.context, locked.used_at = context, now
        locked.save()
        last = locked.turns.order_by("-number").values_list("number", flat=True).first() or 0
        turn = Turn.objects.create(conversation=locked, number=last + 1, at=now, **said)
        locked.turns.filter(number__lte=turn.number - TURNS_KEPT).delete()
    return turn


def forget_conversations(*, now: datetime, limit: int) -> int:
    """Delete what was not gone on with for so long, at most `limit` of them. Returns how many."""
    ended = Q(used_at__lt=now - KEPT_FOR_CUSTOMERS) | Q(used_at__lt=now - KEPT_FOR_OTHERS, customer=None)
    keys = list(Conversation.objects.filter(ended).values_list("pk", flat=True)[:limit])
    Conversation.objects.filter(pk__in=keys).delete()
    ModelUse.objects.filter(day__lt=(now - USES_KEPT).date()).delete()
    return len(keys)


def _is_of(conversation: Conversation, person: User | None, key: str) -> bool:
    if conversation.customer_id is not None:
        return person is not None and person.pk == conversation.customer_id
    return constant_time_compare(conversation.key_digest, _digest(key))


def _digest(key: str) -> str:
    # Drawn with 192 bits: nobody finds it by trying, so a slow hash gains nothing.
    return hashlib.sha256(key.encode()).hexdigest()
