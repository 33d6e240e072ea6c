"""Who may enter the demo's back office, and where is the password?"""

import os
import secrets
from pathlib import Path

from django.conf import settings

from accounts.models import User

EMAIL = "admin@example.com"
_PASSWORD_VARIABLE = "TICKETSITE_ADMIN_PASSWORD"


def password_file() -> Path:
    return settings.VAR_DIR / "admin_password"


def ensure_operator() -> str:
    """Let admin@example.com in, and return a sentence that says where its password is found, or what it is.

    The password is the environment's; without one it is made once and kept in a file only its owner can read.
    An account that exists keeps its password, unless the environment names another.
    """
    operator = User.objects.filter(email=EMAIL).first()
    given = os.environ.get(_PASSWORD_VARIABLE, "")
    if operator is None:
        operator = User.objects.create_superuser(EMAIL, given or _kept_password())
    elif given and not operator.check_password(given):
        operator.set_password(given)
        operator.save(update_fields=["password"])
    if given:
        return f"{EMAIL}, password as in {_PASSWORD_VARIABLE}"
    if password_file().exists() and operator.check_password(_kept_password()):
        return f"{EMAIL}, password {_kept_password()} (kept in {password_file()})"
    return f"{EMAIL}, password as set before"


def _kept_password() -> str:
    path = password_file()
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(12))
    return path.read_text()
