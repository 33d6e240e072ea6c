from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookingConfig(AppConfig):
    name = "booking"
    verbose_name = _("Booking")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.rooms import register_room
        from booking import checks  # noqa: F401 - checks register themselves

        register_room("booking", _personal)


def _personal() -> Any:
    from booking import personal

    return personal
