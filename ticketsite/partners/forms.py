"""What a partner types on the page of its keys."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PartnerForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("As customers know you."))


class KeyForm(forms.Form):
    label = forms.CharField(label=_("Label"), max_length=60, help_text=_("Where it is used, for you to know it by."))
    is_live = forms.BooleanField(label=_("For real money"), required=False)
