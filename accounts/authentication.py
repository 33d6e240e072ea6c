"""Whose access token is this? One query tells, at every request: a token ends with its session, at once.

The same is asked as allauth asks in two queries: is the token ours, is its session open, is its person active, and is
the password still the one that the session was opened with? A guest's token (guests.py) has no session: it is good for
as long as there is its guest.
"""

from typing import Any

from allauth.account.internal.userkit import str_to_user_id
from allauth.headless.contrib.rest_framework.authentication import JWTTokenAuthentication
from allauth.headless.tokens.strategies.jwt import internal
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from rest_framework.exceptions import AuthenticationFailed

from accounts.guests import TOKEN_PREFIX, LinkRefused, guest_of_token
from accounts.models import User

_PERSON_AND_SESSION = f"""
SELECT person.*, session.session_data
FROM {User._meta.db_table} AS person, {Session._meta.db_table} AS session
WHERE person.id = %s AND person.is_active AND session.session_key = %s AND session.expire_date > %s
"""


class TokenAuthentication(JWTTokenAuthentication):
    def authenticate_credentials(self, key: str) -> tuple[User, dict[str, Any]]:
        """
        Raises:
            AuthenticationFailed: it is no access token of ours and no guest's, or has ended.
        """
        if key.startswith(TOKEN_PREFIX):
            try:
                return guest_of_token(key), {}
            except LinkRefused as error:
                raise AuthenticationFailed(_("Invalid token.")) from error
        payload = internal.decode_token(key, "access")
        session_key = internal.session_key_from_sid(payload["sid"]) if payload else None
        if payload is None or session_key is None:
            raise AuthenticationFailed(_("Invalid token."))
        ids = [str_to_user_id(payload["sub"]), session_key, timezone.now()]
        for person in User.objects.raw(_PERSON_AND_SESSION, ids):
            session = SessionStore().decode(person.session_data)  # type: ignore[attr-defined]
            if _opened_by(person, session):
                return person, payload
        raise AuthenticationFailed(_("Invalid token."))


def _opened_by(person: User, session: dict[str, Any]) -> bool:
    hashes = [person.get_session_auth_hash(), *person.get_session_auth_fallback_hash()]
    kept = session.get(HASH_SESSION_KEY, "")
    return session.get(SESSION_KEY) == str(person.pk) and any(constant_time_compare(kept, each) for each in hashes)
