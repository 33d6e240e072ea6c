"""What must somebody who puts the site into production not forget? Asked by `manage.py check --deploy`."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks


def mails_lead_somewhere(app_configs: Sequence[AppConfig] | None, **how: Any) -> list[checks.CheckMessage]:
    """A mail is written by the worker, which no browser told the site's address."""
    if settings.SITE_ADDRESS:
        return []
    hint = "Set it to where the site is reached from outside, such as https://tickets.example.com."
    return [checks.Warning("SITE_ADDRESS is not set: links in mails lead nowhere.", hint=hint, id="ticketsite.W001")]
