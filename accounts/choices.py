"""In which language and time zone does somebody read? What their profile says, kept where each page finds it at once.

The language goes into the cookie that Django's own choice of language uses, so that there is one of both; the zone into
the session.
"""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponseBase

from accounts.models import User

ZONE_IN_SESSION = "zone"


def remember_choices(request: HttpRequest, response: HttpResponseBase, person: User) -> None:
    """At a log-in, and when the profile was changed."""
    request.session[ZONE_IN_SESSION] = person.zone
    if person.language:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            person.language,
            max_age=365 * 24 * 3600,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
        )
    else:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")


def zone_of(session: SessionBase) -> ZoneInfo | None:
    """None: the person wants none, or there is no such zone any more."""
    try:
        name = session.get(ZONE_IN_SESSION, "")
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None
