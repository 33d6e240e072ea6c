"""Keys of programs: who may have them, how they are made, known again and revoked."""

import hashlib
import secrets
import string
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import Http404

from accounts.models import User
from ticketsite.partners.errors import AlreadyAPartner, NotAPartner, NotApproved, TooMany
from ticketsite.partners.models import ApiKey, Partner

LIVE, SANDBOX = "tsk_live_", "tsk_test_"
MAX_KEYS = 20

_ALPHABET = string.ascii_letters + string.digits
_VISIBLE, _HIDDEN = 6, 32
_USE_IS_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewKey:
    """`secret` is the whole key. It is not kept: whoever is shown it is the only one who has it."""

    row: ApiKey
    secret: str = field(repr=False)


def partner_of(person: User) -> Partner:
    """The partner whose account it is, or whose sandbox.

    Raises:
        NotAPartner
    """
    partner = Partner.objects.filter(Q(account=person) | Q(sandbox=person)).first()
    if partner is None:
        raise NotAPartner
    return partner


def become_partner(*, account: User, name: str) -> Partner:
    """Give an account the right to sandbox keys.

    Raises:
        AlreadyAPartner
    """
    try:
        with transaction.atomic():
            sandbox = User.objects.create_user(
                f"sandbox-{uuid4().hex}@sandbox.invalid", is_sandbox=True, is_active=False
            )
            return Partner.objects.create(account=account, sandbox=sandbox, name=name)
    except IntegrityError as error:
        raise AlreadyAPartner from error


def approve_partner(*, partner: Partner, now: datetime) -> None:
    """Let it have keys for real money from now on."""
    Partner.objects.filter(pk=partner.pk, approved_at=None).update(approved_at=now)


def check_may_have_key(*, partner: Partner, is_sandbox: bool) -> None:
    """
    Raises:
        NotApproved: a key for real money, before somebody approved the partner.
        TooMany: it has MAX_KEYS that are not revoked.
    """
    if not is_sandbox and partner.approved_at is None:
        raise NotApproved
    if partner.keys.filter(revoked_at=None).count() >= MAX_KEYS:
        raise TooMany(MAX_KEYS)


def make_key(*, partner: Partner, label: str, is_sandbox: bool) -> NewKey:
    """
    Raises: as check_may_have_key.
    """
    prefix = f"{SANDBOX if is_sandbox else LIVE}{_random(_VISIBLE)}"
    secret = f"{prefix}{_random(_HIDDEN)}"
    with transaction.atomic():
        Partner.objects.select_for_update().get(pk=partner.pk)
        check_may_have_key(partner=partner, is_sandbox=is_sandbox)
        row = ApiKey.objects.create(
            partner=partner, label=label, is_sandbox=is_sandbox, prefix=prefix, digest=_digest(secret)
        )
    return NewKey(row, secret)


def revoke_key(*, key: ApiKey, now: datetime) -> None:
    """Nobody gets in with it any more, from this moment on. Twice is once."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now)


def key_of(*, partner: Partner, key_id: UUID) -> ApiKey:
    """
    Raises:
        Http404: there is none, or it is another partner's.
    """
    key = partner.keys.filter(pk=key_id).first()
    if key is None:
        raise Http404("There is no such key.")
    return key


def find_key(*, secret: str, now: datetime) -> ApiKey | None:
    """The key, if it is one of ours that nobody has revoked and whose account may log in; its use is noted."""
    found = ApiKey.objects.select_related("partner__account", "partner__sandbox").filter(
        digest=_digest(secret), revoked_at=None, partner__account__is_active=True
    )
    key = found.first()
    if key is not None and (key.last_used_at is None or now - key.last_used_at >= _USE_IS_NOTED_EVERY):
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
