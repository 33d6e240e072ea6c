"""The assistant over REST: POST /api/v1/assistant/, with or without logging in."""

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from .intents import Intent
from .services import MESSAGE_MAX_LENGTH, answer
from .throttling import QuestionThrottle


class QuestionSerializer(serializers.Serializer):
    message = serializers.CharField(max_length=MESSAGE_MAX_LENGTH, help_text="A question in plain words.")


class SuggestionSerializer(serializers.Serializer):
    label = serializers.CharField()
    url = serializers.CharField(allow_blank=True, help_text="A page of this site, as a path.")
    say = serializers.CharField(allow_blank=True, help_text="Where there is no page: what to ask next.")


class ActionSerializer(serializers.Serializer):
    """What to send to do what was prepared. Nothing has been done; sending it is the customer's yes."""

    method = serializers.CharField()
    path = serializers.CharField()
    body = serializers.DictField()


class AnswerSerializer(serializers.Serializer):
    answer = serializers.CharField(source="text", help_text="Plain text; lines are separated by line feeds.")
    intent = serializers.ChoiceField(choices=[intent.value for intent in Intent])
    slots = serializers.DictField(help_text="What was understood to be named.")
    suggestions = SuggestionSerializer(many=True)
    actions = ActionSerializer(many=True)


class AssistantView(APIView):
    permission_classes = [AllowAny]
    throttle_classes = [QuestionThrottle]

    @extend_schema(
        operation_id="assistant_ask",
        summary="Ask the assistant",
        description="Answers from live data: whether a seat is free, which trains run, what is on, how to book, pay "
        "and cancel. Your own bookings too, if you are logged in. Says so when it does not know.",
        request=QuestionSerializer,
        responses={
            200: AnswerSerializer,
            400: OpenApiResponse(description="The message is empty or too long."),
            429: OpenApiResponse(description="Too many questions; see Retry-After."),
        },
        examples=[
            OpenApiExample(
                "A seat", {"message": "Is B1-14 free on 12951 tomorrow from Mumbai to Delhi?"}, request_only=True
            )
        ],
    )
    def post(self, request: Request) -> Response:
        question = QuestionSerializer(data=request.data)
        question.is_valid(raise_exception=True)
        customer = request.user if request.user.is_authenticated else None
        found = answer(message=question.validated_data["message"], customer=customer, now=timezone.now())
        return Response(AnswerSerializer(found).data)


urlpatterns = [path("assistant/", AssistantView.as_view(), name="assistant")]
