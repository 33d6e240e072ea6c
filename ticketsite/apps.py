from django.apps import AppConfig
from django.core.checks import Tags, register

from ticketsite.checks import mails_lead_somewhere
from ticketsite.model_names import translate_model_names


class TicketsiteConfig(AppConfig):
    name = "ticketsite"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(mails_lead_somewhere, Tags.urls, deploy=True)
        translate_model_names()
