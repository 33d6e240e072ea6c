"""The question as a form, for the page and the panel."""

from django import forms

from .services import MESSAGE_MAX_LENGTH


class QuestionForm(forms.Form):
    message = forms.CharField(
        label="Your question",
        max_length=MESSAGE_MAX_LENGTH,
        error_messages={"required": "Write a question first."},
    )
