"""The question as a form, for who has no script; and which conversation it belongs to."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .services import MESSAGE_MAX_LENGTH


class QuestionForm(forms.Form):
    message = forms.CharField(
        label=_("Your question"),
        max_length=MESSAGE_MAX_LENGTH,
        error_messages={"required": _("Write a question first.")},
    )
    conversation = forms.UUIDField(required=False)
    key = forms.CharField(max_length=64, required=False)
