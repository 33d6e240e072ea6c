"""Who buys without an account? Somebody who gave an address: known in the browser where it was given, and wherever the
signed link is opened that was mailed to it.

A guest is a person of the database like others, so that orders belong to somebody, but one that cannot log in: no
password, and an address of its own that nobody has. When the real one is shown to be an account's, the account takes
the guest's orders over (adopting.py), and the links lead nowhere any more. A program shows a token, which is what its
link has in it, in the letters that a header may have.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.models import User

# For as long as tickets are bought ahead, and some time to ask about them after.
LINK_LIVES_S = 2 * 365 * 24 * 3600

# How a guest's token is told from an access token.
TOKEN_PREFIX = "tsg_"

_IN_SESSION = "guest"
_SALT = "accounts.guests"


class LinkRefused(Exception):
    """Not signed by us, too old, or its guest has an account now."""


def visitor_of(request: HttpRequest) -> User | None:
    """Whose orders may be shown: the account that is logged in, or the guest of this browser, or nobody."""
    if isinstance(request.user, User) and request.user.is_authenticated:
        return request.user
    pk = request.session.get(_IN_SESSION)
    return None if pk is None else User.objects.filter(pk=pk).exclude(guest_email="").first()


def customer_of(request: HttpRequest) -> User:
    """Whose orders a page behind `customer_required` is about.

    Raises:
        PermissionDenied: nobody's.
    """
    visitor = visitor_of(request)
    if visitor is None:
        raise PermissionDenied
    return visitor


def customer_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For pages of orders: lets accounts and guests in, and sends everybody else to log in."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if visitor_of(request) is None:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return answer


def welcome_guest(request: HttpRequest, *, email: str) -> User:
    """A guest with this address, known in this browser from now on."""
    guest = new_guest(email=email)
    _remember(request, guest)
    return guest


def new_guest(*, email: str) -> User:
    """A guest with this address, whom no browser knows."""
    return User.objects.create_user(f"guest-{uuid4().hex}@guest.invalid", guest_email=email, is_active=False)


def link_of(guest: User, *, to: str) -> str:
    """The address, within the site, that lets whoever opens it see the page `to` as this guest."""
    return f"{reverse('guest_link', args=[_signed(guest)])}?{urlencode({'next': to})}"


def token_of(guest: User) -> str:
    """What a program shows to be this guest. It opens what the guest's links open, for as long."""
    # A colon may stand in an address, but not in a bearer token (RFC 6750, section 2.1).
    return f"{TOKEN_PREFIX}{_signed(guest).replace(':', '.')}"


def guest_of_token(token: str) -> User:
    """
    Raises:
        LinkRefused: as enter_by_link.
    """
    return _guest_of(token.removeprefix(TOKEN_PREFIX).replace(".", ":"))


def enter_by_link(request: HttpRequest, *, token: str) -> None:
    """Let the browser that shows a link's token be the guest it was made for.

    Raises:
        LinkRefused: it opens nothing, or nothing any more.
    """
    _remember(request, _guest_of(token))


def _signed(guest: User) -> str:
    return signing.dumps(guest.pk, salt=_SALT)


def _guest_of(signed: str) -> User:
    try:
        pk = signing.loads(signed, salt=_SALT, max_age=LINK_LIVES_S, fallback_keys=settings.SECRET_KEY_FALLBACKS)
    except signing.BadSignature as error:
        raise LinkRefused from error
    guest = User.objects.filter(pk=pk).exclude(guest_email="").first()
    if guest is None:
        raise LinkRefused
    return guest


def _remember(request: HttpRequest, guest: User) -> None:
    # As at a log-in: whoever knew the session's key before must not see what the guest buys.
    request.session.cycle_key()
    request.session[_IN_SESSION] = guest.pk
