"""How does a program prove that an e-mail address is its user's? With a code that is sent to the address.

It opens an account, makes the address that of an account that had another, or lets somebody choose another password;
a code that was sent for one of them is good for none of the others. Whether an address has an account nobody learns
from us: the answer looks the same, the mail says so to the address's owner, and no code fits. What is under way is
kept as a session that belongs to nobody yet.
"""

from enum import StrEnum
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.manage_email import emit_email_changed
from allauth.account.internal.flows.password_reset import finalize_password_reset
from allauth.account.internal.flows.signup import send_unknown_account_mail
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.headless.internal.sessionkit import new_session
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction

from accounts.adopting import adopt_guests
from accounts.models import User

CODE_LIVES_S: int = app_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT
_ATTEMPTS = app_settings.EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS
_KEY = "confirming"


class _For(StrEnum):
    """What a code was sent for."""

    ACCOUNT = "account"
    ADDRESS = "address"
    PASSWORD = "password"


class CodeRefused(Exception):
    """Not the code that was sent, too late, or tried too often."""


# --- An account -----------------------------------------------------------------------------------


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
        return _keep_nothing(_For.ACCOUNT)
    return send_code(user=user)


def send_code(*, user: User) -> str:
    """Send a code to the person's address. Returns what `confirm` wants to see beside it."""
    return _send("account/email/email_confirmation_signup", _For.ACCOUNT, user, user.email)


def confirm(*, verification: str, code: str) -> User:
    """The person whose address this proves.

    Raises:
        CodeRefused: it proves nothing. After three attempts the code is worth nothing any more.
    """
    user, email = _redeem(verification, code, _For.ACCOUNT)
    address = EmailAddress.objects.filter(user=user, email=email).first()
    if address is None or not (address.verified or address.set_verified()):
        raise CodeRefused
    return user


# --- Another address ------------------------------------------------------------------------------


def begin_change(*, user: User, email: str) -> str:
    """Send a code to the address that the account is to have. Returns what `change_address` wants to see beside it."""
    email = email.lower()
    if any(other.pk != user.pk for other in filter_users_by_email(email)):
        get_adapter().send_account_already_exists_mail(email)
        return _keep_nothing(_For.ADDRESS)
    return _send("account/email/email_confirmation", _For.ADDRESS, user, email)


def change_address(*, user: User, verification: str, code: str) -> User:
    """Make the address to which the code was sent the account's only one. The one before is told so.

    Raises:
        CodeRefused: it proves nothing, was sent for another account, or somebody has an account with it by now.
    """
    of, email = _redeem(verification, code, _For.ADDRESS)
    if of.pk != user.pk:
        raise CodeRefused
    before = EmailAddress.objects.filter(user=user, primary=True).first()
    try:
        with transaction.atomic():
            address, _ = EmailAddress.objects.get_or_create(user=of, email=email)
            if not address.set_verified():
                raise CodeRefused
            address.set_as_primary()
            EmailAddress.objects.filter(user=of).exclude(pk=address.pk).delete()
    except IntegrityError as error:
        raise CodeRefused from error
    emit_email_changed(context.request, before, address)
    adopt_guests(person=of)
    return of


# --- Another password -----------------------------------------------------------------------------


def begin_reset(*, email: str) -> str:
    """Send a code to the address, if it has an account. Returns what `reset_password` wants to see beside it."""
    people = filter_users_by_email(email, is_active=True, prefer_verified=True, for_login=True)
    if not people:
        send_unknown_account_mail(context.request, email)
        return _keep_nothing(_For.PASSWORD)
    return _send("account/email/password_reset_code", _For.PASSWORD, people[0], email.lower())


def reset_password(*, verification: str, code: str, password: str) -> None:
    """Give the account another password. Whoever is logged in to it anywhere is so no longer.

    Raises:
        CodeRefused: it proves nothing.
        django.core.exceptions.ValidationError: the password is too simple; the code stays good.
    """
    user, email = _redeem(verification, code, _For.PASSWORD, password)
    get_adapter().set_password(user, password)
    finalize_password_reset(context.request, user, email=email)


# --- Codes ----------------------------------------------------------------------------------------


def _send(mail: str, purpose: _For, user: User, email: str) -> str:
    adapter = get_adapter()
    code = adapter.generate_email_verification_code()
    adapter.send_mail(mail, email, {"user": user, "code": code})
    return _keep({"for": purpose, "user": user.pk, "email": email, "code": code})


def _redeem(verification: str, code: str, purpose: _For, password: str | None = None) -> tuple[User, str]:
    """Use a code up. Returns whose it is, and the address that it proves.

    Raises:
        CodeRefused: it is not the one that was sent for this.
        ValidationError: it is, and the password is none that the person may have; the code is not used up.
    """
    with transaction.atomic():
        # Of several that guess at the same time, each must see what the others used up.
        if not Session.objects.select_for_update().filter(session_key=verification).exists():
            raise CodeRefused
        session = SessionStore(verification)
        kept: dict[str, Any] | None = session.get(_KEY)
        if kept is None or kept["for"] != purpose:
            raise CodeRefused
        right = kept["user"] is not None and compare_user_code(actual=code, expected=kept["code"])
        user = User.objects.filter(pk=kept["user"], is_active=True).first() if right else None
        if user is not None and password is not None:
            validate_password(password, user)
        kept["attempts"] += 1
        if right or kept["attempts"] >= _ATTEMPTS:
            session.delete()
        else:
            session[_KEY] = kept
            session.save()
    if user is None:
        raise CodeRefused
    return user, kept["email"]


def _keep_nothing(purpose: _For) -> str:
    """What looks as if a code had been sent, which none fits."""
    return _keep({"for": purpose, "user": None})


def _keep(what: dict[str, Any]) -> str:
    session = new_session()
    session[_KEY] = what | {"attempts": 0}
    session.set_expiry(CODE_LIVES_S)
    session.create()
    session.save()
    return str(session.session_key)
