"""How do our accounts differ from allauth's? Mail that leads to the public address and is not lost silently; secrets
of one-time codes that a copy of the database does not give away."""

import logging
from email.utils import make_msgid
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from accounts.adopting import adopt_guests
from accounts.choices import remember_choices
from accounts.letters import letter_of_text, message_of, site_name
from accounts.models import User
from accounts.sealing import SealBroken, seal, unseal

logger = logging.getLogger(__name__)

_SEALED_FOR = "second-factors"


class AccountAdapter(DefaultAccountAdapter):
    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        confirmed = super().confirm_email(request, email_address)
        if confirmed:
            adopt_guests(person=email_address.user)
        return confirmed

    def post_login(self, request: HttpRequest, user: User, **how: Any) -> HttpResponse:
        """Who bought something without logging in finds it among their orders."""
        adopt_guests(person=user)
        response = super().post_login(request, user, **how)
        remember_choices(request, response, user)
        return response

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that is away stops nobody: the page says so, and the mail can be asked for again."""
        person = context.get("user")
        language = (isinstance(person, User) and person.language) or get_language()
        public = {name: at_site_address(value) if name.endswith("_url") else value for name, value in context.items()}
        try:
            with override(language):
                super().send_mail(template_prefix, email, public)
        except OSError as error:
            # What it says names the address, which belongs in no log.
            logger.warning("Mail %s was not sent: %s", template_prefix, type(error).__name__)
            request = allauth_context.request
            if hasattr(request, "_messages"):
                messages.error(request, _("Mail cannot be sent just now. Please ask for it again in a minute."))

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMultiAlternatives:
        """What allauth's templates say as text, in our form: text and HTML. Its id names the site, not this machine."""
        plain = super().render_mail(template_prefix, email, context, headers)
        why = _("You get this mail because of an account at Ticketsite, or because somebody typed this address there.")
        host = site_name()
        ours = {"Message-ID": make_msgid(domain=host), "List-Id": f"Ticketsite accounts <accounts.{host}>"}
        letter = letter_of_text(subject=plain.subject, text=plain.body, why=why)
        return message_of(letter, to=plain.to[0], headers={**ours, **(headers or {})})


def at_site_address(url: str) -> str:
    """The same page under the address by which the outside knows the site, if it is set."""
    parts = urlsplit(url)
    return f"{settings.SITE_ADDRESS}{parts._replace(scheme='', netloc='').geturl()}" if settings.SITE_ADDRESS else url


class SecondFactorAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return seal(text, purpose=_SEALED_FOR)

    def decrypt(self, encrypted_text: str) -> str:
        """
        Raises:
            ValidationError: it was encrypted with a SECRET_KEY that is neither in use nor among SECRET_KEY_FALLBACKS.
        """
        try:
            return unseal(encrypted_text, purpose=_SEALED_FOR)
        except SealBroken as error:
            raise ValidationError(_("This code cannot be checked any more. Please log in otherwise.")) from error
