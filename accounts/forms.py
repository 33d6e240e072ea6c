"""What people type about themselves."""

from typing import Any
from zoneinfo import available_timezones

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import SavedPassenger, User


class PasskeyForm(AddWebAuthnForm):
    """A new passkey lets its owner in by itself, unless they say otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name, alone = self.fields["name"], self.fields["passwordless"]
        name.label = _("Name")
        name.help_text = _("So that you know it again, such as “My phone”.")
        alone.label = _("Log in with it alone, without a password")
        alone.help_text = _("Your device then asks for your finger, face or PIN.")
        alone.initial = True


def _languages() -> list[tuple[str, Any]]:
    return [("", _("As my browser asks for")), *settings.LANGUAGES]


def time_zones() -> list[str]:
    """IANA names that somebody may live by, and before them nothing, which is UTC."""
    # Those with a region are places; the rest are old names and offsets.
    places = (zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    return ["", *sorted(places)]


def _zones() -> list[tuple[str, Any]]:
    return [(zone, zone.replace("_", " ") or _("Universal time (UTC)")) for zone in time_zones()]


class ProfileForm(forms.ModelForm):
    language = forms.ChoiceField(label=_("Language"), choices=_languages, required=False)
    zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=_zones,
        required=False,
        help_text=_("Trains and shows keep the time of their place; this is for everything else."),
    )

    class Meta:
        model = User
        fields = ("name", "language", "zone")
        labels = {"name": _("Name")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}


class PassengerForm(forms.ModelForm):
    class Meta:
        model = SavedPassenger
        fields = ("name",)
        labels = {"name": _("Name of a passenger")}


class EraseForm(forms.Form):
    sure = forms.BooleanField(
        label=_("Erase my account. I know that nobody can bring it back."),
        error_messages={"required": _("Tick this if you are sure.")},
    )
    although = forms.BooleanField(label=_("Also though I lose what is listed above."), required=False)
