"""What may the environment say, and what is whoever misspelt it told? One sentence, before anything is opened.

What is empty counts as not said, except for rates, where it means no limit.
"""

import math
import re
import warnings
from pathlib import Path
from typing import Any

import environ
import moneyed
from django.core.exceptions import ImproperlyConfigured

from ticketsite.store_clusters import is_address

env = environ.Env()

_YES, _NO = ("1", "true", "yes", "y", "on", "ok"), ("0", "false", "no", "n", "off")
# As Django REST framework reads them, which looks at them only when somebody asks.
_RATE = re.compile(r"[1-9][0-9]{0,8}/(s|sec|second|m|min|minute|h|hour|d|day)")
_RETURN_ADDRESS = re.compile(r"(https://[\w.-]+(:[0-9]+)?|[a-z][a-z0-9-]*(\.[a-z0-9-]+)+:)/[\w./-]*", re.ASCII)
_DATABASES = ("django.db.backends.sqlite3", "django.db.backends.postgresql")


def whole(name: str, *, default: int, least: int = 0) -> int:
    """
    Raises:
        ImproperlyConfigured: it is no whole number, or one below `least`; so do those below, of what they read.
    """
    said = _said(name)
    if said is None:
        return default
    if not re.fullmatch(r"[0-9]{1,12}", said) or int(said) < least:
        raise _wrong(name, f"a whole number from {least}")
    return int(said)


def seconds(name: str, *, default: float, least: float = 0.0) -> float:
    said = _said(name)
    if said is None:
        return default
    try:
        number = float(said)
    except ValueError:
        number = math.nan
    # What is no number is not at least anything either.
    if not least <= number < math.inf:
        raise _wrong(name, f"a number of seconds from {least:g}, such as 2.5")
    return number


def truth(name: str, *, default: bool) -> bool:
    said = _said(name)
    if said is None:
        return default
    if said.lower() not in (*_YES, *_NO):
        raise _wrong(name, "true or false")
    return said.lower() in _YES


def rate(name: str, *, default: str) -> str | None:
    """How often something may be asked for, as 60/min; None if it is not counted."""
    said = env.str(name, default=default).strip()
    if said and not _RATE.fullmatch(said):
        raise _wrong(name, "NUMBER/min, such as 60/min, or to nothing for no limit")
    return said or None


def addresses(name: str, *, default: list[str]) -> list[str]:
    """Of nodes, as host:port, with commas between them."""
    said = _said(name)
    if said is None:
        return default
    found = [address.strip() for address in said.split(",")]
    if not all(is_address(address) for address in found):
        raise _wrong(name, "host:port,host:port,host:port")
    return found


def web_address(name: str) -> str:
    """Without a slash at the end; empty if there is none."""
    said = (_said(name) or "").rstrip("/")
    if said and not re.fullmatch(r"https?://[^\s/]\S*", said):
        raise _wrong(name, "an address that begins with https:// or http://")
    return said


def currency(name: str, *, default: str) -> str:
    """By its ISO 4217 code."""
    said = _said(name) or default
    try:
        return moneyed.get_currency(said).code
    except moneyed.CurrencyDoesNotExist as error:
        raise _wrong(name, "a code of ISO 4217, such as INR") from error


def folder(name: str, *, default: Path) -> Path:
    """One that exists from now on."""
    path = Path(_said(name) or default).resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}: {path} cannot be made a folder ({error.strerror}); name one that can be."
        ) from error
    return path


def return_addresses(name: str) -> list[str]:
    """Of apps, with commas between them: of the web, or of a scheme that is a name turned round (RFC 8252, 7.1)."""
    found = [address.strip() for address in (_said(name) or "").split(",") if address.strip()]
    if not all(_RETURN_ADDRESS.fullmatch(address) and len(address) <= 200 for address in found):
        raise _wrong(name, "https://app.example.com/paid,com.example.app:/paid")
    return found


def redis(name: str) -> str:
    said = _said(name) or ""
    if said and not re.match(r"(rediss?|unix)://.", said):
        raise _wrong(name, "redis://host:6379/0, or leave it out")
    return said


def database(name: str, *, default: str) -> dict[str, Any]:
    """Django's description of a database: PostgreSQL's, or SQLite's."""
    try:
        with warnings.catch_warnings(action="ignore"):
            found = dict(env.db_url(name, default=default))
    except (ImproperlyConfigured, ValueError):
        found = {}
    if found.get("ENGINE") not in _DATABASES:
        # It may have a password in it, so what was said is not repeated.
        raise ImproperlyConfigured(
            f"{name} names no database that can be used: set it to postgres://user:password@host:5432/name, or leave "
            "it out."
        )
    return found


def mail_server(name: str, *, default: str) -> dict[str, Any]:
    """Django's settings of the server that mails are given to."""
    try:
        return dict(env.email_url(name, default=default))
    except (ImproperlyConfigured, KeyError, ValueError) as error:
        raise ImproperlyConfigured(
            f"{name} names no mail server: set it to smtp+tls://user:password@host:587."
        ) from error


def _said(name: str) -> str | None:
    return env.str(name, default="").strip() or None


def _wrong(name: str, right: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f'{name} is "{_said(name)}": set it to {right}.')
