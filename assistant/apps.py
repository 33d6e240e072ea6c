from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class AssistantConfig(AppConfig):
    name = "assistant"
    verbose_name = _("Assistant")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.rooms import register_room

        register_room("assistant", _personal)
        if settings.ASSISTANT_LLM_URL:
            from assistant.language_model.connection import prepare

            prepare()


def _personal() -> Any:
    from assistant import personal

    return personal
