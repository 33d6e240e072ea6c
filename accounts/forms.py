"""What people type about themselves, where allauth's own forms do not say it as we do."""

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.utils.translation import gettext_lazy as _


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
