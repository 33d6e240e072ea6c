from django.apps import AppConfig


class TicketsiteConfig(AppConfig):
    name = "ticketsite"
    default_auto_field = "django.db.models.BigAutoField"
