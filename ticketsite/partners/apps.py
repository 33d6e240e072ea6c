from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    name = "ticketsite.partners"
    label = "partners"
    verbose_name = _("Partners")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.rooms import register_room

        register_room("partners", _personal)


def _personal() -> Any:
    from ticketsite.partners import personal

    return personal
