from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.roles import grant_roles

        # As Django itself makes permissions: there is no other moment at which they all exist.
        post_migrate.connect(grant_roles, dispatch_uid="accounts.roles")
