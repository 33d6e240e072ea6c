"""Who asks? A customer, a guest of the browser, or nobody we know; from a request or from an open socket."""

import io
from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts.guests import visitor_of
from accounts.models import User


@dataclass(frozen=True, slots=True)
class Caller:
    """`person` is None for nobody we know; `address` is where the question comes from."""

    person: User | None
    address: str


def caller_of(request: HttpRequest | Request) -> Caller:
    """Whoever sent a request, of a page or of a program."""
    # It reads headers only, which Django's requests have too.
    address = BaseThrottle().get_ident(cast(Request, request))
    if isinstance(request, Request):
        if isinstance(request.user, User):
            return Caller(request.user, address)
        request = request._request
    return Caller(visitor_of(request), address)


def request_behind(scope: dict[str, Any]) -> Request:
    """The handshake of a socket as REST would see it, now: who has logged out since is nobody from then on.

    Raises:
        APIException: it shows a token that is not valid, or not any more.
    """
    handshake = ASGIRequest({**scope, "type": "http", "method": "GET"}, io.BytesIO())
    handshake.session = SessionStore(handshake.COOKIES.get(settings.SESSION_COOKIE_NAME))
    handshake.user = auth.get_user(handshake)
    return Request(handshake, authenticators=APIView().get_authenticators())
