"""How does a program stay logged in? An access token for minutes, a refresh token that is replaced at every use.

Each login has a session of its own, so a device can be shut out without the others. A refresh token that comes
back after it was replaced was stolen, by whoever came first or second: the whole session ends.
"""

from dataclasses import dataclass
from datetime import datetime

from allauth.account.internal.userkit import user_id_to_str
from allauth.headless import app_settings
from allauth.headless.internal.sessionkit import new_session
from allauth.headless.tokens.strategies.jwt import JWTTokenStrategy, internal
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction

from accounts.models import User

_LONGEST_NAME_OF_A_DEVICE = UserSession._meta.get_field("user_agent").max_length


class RefreshRefused(Exception):
    """Not a token of ours, expired, or used before."""


@dataclass(frozen=True, slots=True, repr=False)
class TokenPair:
    access: str
    refresh: str
    expires_in: int


def issue_tokens(*, user: User, ip: str = "::", device: str = "") -> TokenPair:
    """Log a person in on one more device, which they see in their list of devices from then on.

    Args:
        ip: the address that it was asked for from; "::" is nowhere.
        device: what it calls itself.
    """
    session = new_session()
    session[SESSION_KEY] = user_id_to_str(user)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    refresh = internal.create_refresh_token(user, session)
    session.save()
    UserSession.objects.create(
        user=user, session_key=session.session_key, ip=ip, user_agent=device[:_LONGEST_NAME_OF_A_DEVICE]
    )
    return TokenPair(internal.create_access_token(user, session, {}), refresh, app_settings.JWT_ACCESS_TOKEN_EXPIRES_IN)


def forget_ended_sessions(*, now: datetime, limit: int) -> int:
    """Delete logins that have run out, at most `limit` of them. Returns how many."""
    ended = Session.objects.filter(expire_date__lt=now).values_list("pk", flat=True)[:limit]
    keys = list(ended)
    UserSession.objects.filter(session_key__in=keys).delete()
    return Session.objects.filter(pk__in=keys).delete()[0]


def rotate_tokens(*, refresh_token: str) -> TokenPair:
    """Replace a refresh token, which is used up by it.

    Raises:
        RefreshRefused: it is not valid. If it had been used before, its session has ended now.
    """
    payload = internal.decode_token(refresh_token, "refresh")
    key = internal.session_key_from_sid(payload["sid"]) if payload else None
    if key is None:
        raise RefreshRefused
    with transaction.atomic():
        # Of two that come with the same token at the same time, the second must see what the first did.
        session = Session.objects.select_for_update().filter(session_key=key)
        pair = JWTTokenStrategy().refresh_token(refresh_token) if session.exists() else None
        if pair is None:
            session.delete()
    if pair is None:
        raise RefreshRefused
    access, refresh = pair
    return TokenPair(access, refresh, app_settings.JWT_ACCESS_TOKEN_EXPIRES_IN)
