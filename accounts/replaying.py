"""What if a request comes twice, as its answer was lost? Under its Idempotency-Key it is answered as the first time.

Holds, payments, cancellations, exchanges and check-ins know their keys themselves: theirs go down to the seat store and
the gateway. This is for whatever else must not happen twice, and for a day. What ends well is kept; a refusal changed
nothing, so what was refused may be tried again under the same key.

The work and its answer are one transaction: whoever dies in between has done nothing, and of two who believe the work
to be theirs one is undone. So what is done there asks neither the seat store nor a gateway.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import KeptAnswer, User
from accounts.permissions import person_of
from accounts.sealing import SealBroken, seal, unseal

MAX_KEY_LENGTH = 128
KEPT_FOR = timedelta(days=1)
# One that was begun longer ago was not carried to its end, and may be carried out again.
LONGEST = timedelta(minutes=1)

_SEALED_FOR = "kept-answers"

Handler = Callable[..., Response]


class KeyReused(exceptions.APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "idempotency-conflict"
    default_detail = _("The same Idempotency-Key was used before for a different request; use a new key.")


class StillInFlight(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "request-in-flight"
    default_detail = _("The same request is being carried out at this moment. Ask again with the same key.")
    wait = 1


def key_of(request: Request) -> str | None:
    """The request's Idempotency-Key, if it has one.

    Raises:
        serializers.ValidationError: the key is empty or too long.
    """
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 0 < len(key) <= MAX_KEY_LENGTH:
        said = gettext("A key has 1 to %(most)s characters.") % {"most": MAX_KEY_LENGTH}
        raise serializers.ValidationError({"Idempotency-Key": [said]})
    return key


class Claim:
    """A request under its key: answered before, or ours to carry out and to answer."""

    def __init__(self, row: KeptAnswer) -> None:
        self._row = row

    @property
    def is_answered(self) -> bool:
        return self._row.status is not None

    def answer(self) -> Response:
        """What it was answered before.

        Raises:
            KeyReused: SECRET_KEY was replaced, and its predecessor thrown away; the answer is not known any more.
        """
        body = self._row.body
        # What is no text was kept by a version that did not seal.
        if isinstance(body, str):
            try:
                body = json.loads(unseal(body, purpose=_SEALED_FOR))
            except SealBroken as error:
                raise KeyReused from error
        return Response(body, status=self._row.status, headers={"Cache-Control": "no-store"})

    def keep(self, *, status: int, body: Any) -> None:
        """Call it in the transaction of the work. Sealed, as some answers have secrets in them that are shown once.

        Raises:
            StillInFlight: it took so long that somebody else took it over; have what was done undone.
        """
        sealed = seal(json.dumps(body, cls=DjangoJSONEncoder), purpose=_SEALED_FOR)
        if not self._ours().update(status=status, body=sealed):
            raise StillInFlight

    @contextmanager
    def carried_out(self) -> Iterator[None]:
        """Around the work: what fails changed nothing, and may be tried again under the same key."""
        try:
            yield
        except Exception:
            self._ours().delete()
            raise

    def _ours(self) -> QuerySet[KeptAnswer]:
        return KeptAnswer.objects.filter(pk=self._row.pk, status=None, begun_at=self._row.begun_at)


def claim_of(request: Request, *, person: User | None) -> Claim | None:
    """The request, if it has a key and somebody is known to keep its answer for.

    Raises:
        serializers.ValidationError: the key is empty or too long, whoever asks.
        KeyReused: the key came with another request before.
        StillInFlight: the first of them has not been answered yet.
    """
    key = key_of(request)
    if key is None or person is None:
        return None
    return Claim(_claim(person=person, key=key, digest=_digest(request), now=timezone.now()))


def replayed(handler: Handler) -> Handler:
    """Makes a view's method, for those who are logged in or guests, one that a key lets happen once.

    Raises: as claim_of.
    """

    @wraps(handler)
    def answer(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        claim = claim_of(request, person=person_of(request))
        if claim is None:
            return handler(view, request, *args, **kwargs)
        if claim.is_answered:
            return claim.answer()
        with claim.carried_out(), transaction.atomic():
            response = handler(view, request, *args, **kwargs)
            claim.keep(status=response.status_code, body=response.data)
        return response

    return answer


def forget_kept_answers(*, now: datetime, limit: int) -> int:
    """Delete answers that need no longer be given again, at most `limit`. Returns how many."""
    old = KeptAnswer.objects.filter(begun_at__lt=now - KEPT_FOR).values_list("pk", flat=True)[:limit]
    return KeptAnswer.objects.filter(pk__in=list(old)).delete()[0]


def _digest(request: Request) -> str:
    what = json.dumps([request.method, request.path, request.data], sort_keys=True, default=str)
    return hashlib.sha256(what.encode()).hexdigest()


def _claim(*, person: User, key: str, digest: str, now: datetime) -> KeptAnswer:
    """The row of this key: ours to fill, if it has no status yet."""
    try:
        with transaction.atomic():
            return KeptAnswer.objects.create(person=person, key=key, digest=digest, begun_at=now)
    except IntegrityError:
        kept = KeptAnswer.objects.filter(person=person, key=key).first()
    if kept is None:
        # Refused, and forgotten, between the two questions.
        raise StillInFlight
    if kept.digest != digest:
        raise KeyReused
    if kept.status is None and not _taken_over(kept, now):
        raise StillInFlight
    return kept


def _taken_over(kept: KeptAnswer, now: datetime) -> bool:
    """Whether it is ours now, because who began it has ended without an answer."""
    if kept.begun_at > now - LONGEST:
        return False
    same = KeptAnswer.objects.filter(pk=kept.pk, status=None, begun_at=kept.begun_at)
    if not same.update(begun_at=now):
        return False
    kept.begun_at = now
    return True
