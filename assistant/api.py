"""The assistant over REST: asking, with or without logging in, and the conversations that were had."""

from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from django.urls import path
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.openapi import IDEMPOTENCY_KEY, problems
from accounts.permissions import IsCustomer
from accounts.replaying import Claim, claim_of
from booking.api.pagination import NewestFirst

from .asking import ask
from .callers import caller_of
from .conversations import conversations_of, find
from .event_stream import EventStreamRenderer, stream
from .models import Conversation
from .serializers import ConversationSerializer, QuestionSerializer, ToldSerializer, WholeConversationSerializer
from .throttling import QuestionThrottle

CONVERSATION_KEY = OpenApiParameter(
    "Conversation-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The `conversation_key` of a conversation that was begun without logging in.",
)


# Answers are kept for somebody: kept for nobody, a key that two strangers chose would show one what the other asked.
KEY_OF_A_QUESTION = OpenApiParameter(
    IDEMPOTENCY_KEY.name,
    IDEMPOTENCY_KEY.type,
    OpenApiParameter.HEADER,
    description="Of who is logged in or a guest: the same key with the same body is one turn of the conversation, and "
    "answered alike; with another body it is refused (422). Of anybody else it is only looked at whether it is a key: "
    "asked again is asked twice.",
)


class AssistantView(APIView):
    permission_classes = [AllowAny]
    throttle_classes = [QuestionThrottle]
    renderer_classes = [JSONRenderer, EventStreamRenderer]

    @extend_schema(
        operation_id="assistant_ask",
        summary="Ask the assistant",
        description="Answers from live data: whether a seat is free, which trains run, what is on, how to book, pay "
        "and cancel. Your own bookings too, if you are logged in. Says so when it does not know. Changes nothing.\n\n"
        "With `Accept: text/event-stream` the answer is streamed: `begun`, then `words` with the `text` of one word "
        "each, then `answer` with what is answered otherwise; or `problem` with `status`, `code` and `detail`.",
        parameters=[CONVERSATION_KEY, KEY_OF_A_QUESTION],
        request=QuestionSerializer,
        responses={
            (200, "application/json"): ToldSerializer,
            (200, "text/event-stream"): OpenApiTypes.STR,
            **problems("message-empty", "message-too-long", "conversation-unknown", "idempotency-conflict"),
        },
        examples=[
            OpenApiExample(
                "A seat", {"message": "Is B1-14 free on 12951 tomorrow from Mumbai to Delhi?"}, request_only=True
            )
        ],
    )
    def post(self, request: Request) -> HttpResponseBase:
        question = QuestionSerializer(data=request.data)
        question.is_valid(raise_exception=True)
        caller = caller_of(request)
        asked, conversation_id = question.validated_data["message"], question.validated_data["conversation"]
        within = _conversation(request, conversation_id) if conversation_id else None
        claim = claim_of(request, person=caller.person)

        def answered() -> dict[str, Any]:
            if claim is None:
                return ToldSerializer(ask(message=asked, caller=caller, within=within, now=timezone.now())).data
            return _answered_once(claim, message=asked, caller=caller, within=within, now=timezone.now())

        if isinstance(request.accepted_renderer, EventStreamRenderer):
            return stream(request, answered)
        return Response(answered())


def _answered_once(claim: Claim, **asked: Any) -> dict[str, Any]:
    """As ToldSerializer has it; the same question under the same key is one turn of its conversation."""
    if claim.is_answered:
        return claim.answer().data
    with claim.carried_out():
        told = ask(**asked, keep=lambda told: claim.keep(status=200, body=ToldSerializer(told).data))
    return ToldSerializer(told).data


class ConversationsView(ListAPIView):
    permission_classes = [IsCustomer]
    serializer_class = ConversationSerializer
    pagination_class = NewestFirst

    def get_queryset(self):
        return conversations_of(self.request.user)

    @extend_schema(operation_id="conversations", tags=["assistant"], responses={200: ConversationSerializer(many=True)})
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Your conversations with the assistant, the newest first. Each is forgotten 30 days after its last turn."""
        return super().get(request, *args, **kwargs)


class ConversationView(APIView):
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="conversation",
        tags=["assistant"],
        parameters=[CONVERSATION_KEY],
        responses={200: WholeConversationSerializer, **problems("conversation-unknown", "not-found")},
    )
    def get(self, request: Request, conversation_id: UUID) -> Response:
        """What was asked and answered. Without logging in, a conversation is kept for a day."""
        return Response(WholeConversationSerializer(_conversation(request, conversation_id)).data)

    @extend_schema(
        operation_id="forget_conversation",
        tags=["assistant"],
        parameters=[CONVERSATION_KEY],
        responses={204: None, **problems("conversation-unknown", "not-found")},
    )
    def delete(self, request: Request, conversation_id: UUID) -> Response:
        """Forget a conversation."""
        _conversation(request, conversation_id).delete()
        return Response(status=204)


def _conversation(request: Request, conversation_id: UUID) -> Conversation:
    key = request.headers.get("Conversation-Key", "")
    return find(conversation_id=conversation_id, person=caller_of(request).person, key=key)


urlpatterns = [
    path("assistant/", AssistantView.as_view(), name="assistant"),
    path("assistant/conversations/", ConversationsView.as_view(), name="conversations"),
    path("assistant/conversations/<uuid:conversation_id>/", ConversationView.as_view(), name="conversation"),
]
