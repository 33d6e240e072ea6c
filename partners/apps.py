from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "partners"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.rooms import register_room
        from partners import personal

        register_room("partners", personal)
