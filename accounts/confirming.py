"""How does a program prove that an e-mail address is its user's? With a code that is sent to the address.

Where the address has an account already, nobody learns it from us: the answer looks the same, the mail says so to the
address's owner, and no code fits. What is under way is kept as a session that belongs to nobody yet.
"""

from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.core.internal.cryptokit import compare_user_code
from allauth.headless.internal.sessionkit import new_session
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction

from accounts.models import User

CODE_LIVES_S: int = app_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT
_ATTEMPTS = app_settings.EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS
_KEY = "confirming"


class CodeRefused(Exception):
    """Not the code that was sent, too late, or tried too often."""


def register(*, email: str, password: str, name: str) -> str:
    """Open an account that cannot be used before its address is confirmed. Returns what `confirm` wants to see."""
    user = User(email=email.lower(), name=name)
    # Takes its time on purpose, so before the transaction; and also where the account exists, or the time would tell.
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
            EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    except IntegrityError:
        get_adapter().send_account_already_exists_mail(user.email)
        return _keep({"user": None})
    return send_code(user=user)


def send_code(*, user: User) -> str:
    """Send a code to the person's address. Returns what `confirm` wants to see beside it."""
    adapter = get_adapter()
    code = adapter.generate_email_verification_code()
    adapter.send_mail("account/email/email_confirmation_signup", user.email, {"user": user, "code": code})
    return _keep({"user": user.pk, "email": user.email, "code": code})


def confirm(*, verification: str, code: str) -> User:
    """The person whose address this proves.

    Raises:
        CodeRefused: it proves nothing. After three attempts the code is worth nothing any more.
    """
    with transaction.atomic():
        # Of several that guess at the same time, each must see what the others used up.
        if not Session.objects.select_for_update().filter(session_key=verification).exists():
            raise CodeRefused
        session = SessionStore(verification)
        kept: dict[str, Any] | None = session.get(_KEY)
        if kept is None:
            raise CodeRefused
        right = kept["user"] is not None and compare_user_code(actual=code, expected=kept["code"])
        kept["attempts"] += 1
        if right or kept["attempts"] >= _ATTEMPTS:
            session.delete()
        else:
            session[_KEY] = kept
            session.save()
        user = _confirmed(kept) if right else None
    if user is None:
        raise CodeRefused
    return user


def _confirmed(kept: dict[str, Any]) -> User | None:
    address = EmailAddress.objects.filter(user=kept["user"], email=kept["email"], user__is_active=True).first()
    if address is None or not (address.verified or address.set_verified()):
        return None
    return User.objects.get(pk=kept["user"])


def _keep(what: dict[str, Any]) -> str:
    session = new_session()
    session[_KEY] = what | {"attempts": 0}
    session.set_expiry(CODE_LIVES_S)
    session.create()
    session.save()
    return str(session.session_key)
