"""How are questions, answers and conversations written for programs? The same by REST and over sockets."""

from rest_framework import serializers

from accounts.asked import Asked

from .intents import Intent
from .models import Conversation, Turn
from .services import MESSAGE_MAX_LENGTH


class QuestionSerializer(Asked):
    message = serializers.CharField(max_length=MESSAGE_MAX_LENGTH, help_text="A question in plain words.")
    conversation = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="To ask on; without it a conversation begins."
    )


class SpokenQuestionSerializer(QuestionSerializer):
    """Over a socket, where there are no headers for each question."""

    key = serializers.CharField(max_length=64, required=False, default="", allow_blank=True)


class SuggestionSerializer(serializers.Serializer):
    """Either a page to go to, or something to say next."""

    label = serializers.CharField()
    url = serializers.CharField(allow_blank=True, help_text="A page of this site; empty if it is something to say.")
    say = serializers.CharField(allow_blank=True, help_text="To be sent as the next message; empty if it is a page.")


class ActionSerializer(serializers.Serializer):
    """What to send to do what was prepared. Nothing has been done; sending it is the customer's yes."""

    method = serializers.CharField()
    path = serializers.CharField()
    body = serializers.DictField()


class OfferedSerializer(serializers.Serializer):
    """What an answer offers beside its text; kept with the turn as it was shown."""

    suggestions = SuggestionSerializer(many=True)
    actions = ActionSerializer(many=True)


class ToldSerializer(serializers.Serializer):
    conversation = serializers.UUIDField(help_text="Send it with the next question to ask on.")
    conversation_key = serializers.CharField(
        source="key",
        help_text="Told once, when somebody who is not logged in begins a conversation: send it as Conversation-Key "
        "with every request about it. Otherwise empty.",
    )
    number = serializers.IntegerField(help_text="The how-manieth question of the conversation.")
    answer = serializers.CharField(source="answer.text", help_text="Plain text; lines are separated by line feeds.")
    intent = serializers.ChoiceField(source="answer.intent", choices=[intent.value for intent in Intent])
    slots = serializers.DictField(source="answer.slots", help_text="What was understood to be named.")
    suggestions = SuggestionSerializer(source="answer.suggestions", many=True)
    actions = ActionSerializer(source="answer.actions", many=True)


class TurnSerializer(serializers.ModelSerializer):
    suggestions = SuggestionSerializer(many=True, source="offered.suggestions")
    actions = ActionSerializer(many=True, source="offered.actions")

    class Meta:
        model = Turn
        fields = ["number", "at", "question", "answer", "intent", "suggestions", "actions"]


class ConversationSerializer(serializers.ModelSerializer):
    class Meta:
        model = Conversation
        fields = ["id", "created_at", "used_at"]


class WholeConversationSerializer(ConversationSerializer):
    turns = TurnSerializer(many=True, help_text="The newest 50, the oldest of them first.")

    class Meta(ConversationSerializer.Meta):
        fields = [*ConversationSerializer.Meta.fields, "turns"]
