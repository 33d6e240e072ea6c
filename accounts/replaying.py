"""What if a request comes twice, as its answer was lost? Under its Idempotency-Key it is answered as the first time.

Holds, payments, cancellations, exchanges and check-ins know their keys themselves: theirs go down to the seat store and
the gateway. This is for whatever else must not happen twice, and for a day. What ends well is kept; a refusal changed
nothing, so what was refused may be tried again under the same key.

The work and its answer are one transaction: whoever dies in between has done nothing, and of two who believe the work
to be theirs one is undone. So what is done here asks neither the seat store nor a gateway.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
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


def replayed(handler: Handler) -> Handler:
    """Makes a view's method, for those who are logged in or guests, one that a key lets happen once.

    Raises:
        KeyReused: the key came with another request before.
        StillInFlight: the first of them has not been answered yet.
    """

    @wraps(handler)
    def answer(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = key_of(request)
        if key is None:
            return handler(view, request, *args, **kwargs)
        claim = _claim(person=person_of(request), key=key, digest=_digest(request), now=timezone.now())
        if claim.status is not None:
            return Response(_opened(claim), status=claim.status, headers={"Cache-Control": "no-store"})
        try:
            with transaction.atomic():
                response = handler(view, request, *args, **kwargs)
                _keep(claim, response)
        except Exception:
            KeptAnswer.objects.filter(pk=claim.pk, status=None, begun_at=claim.begun_at).delete()
            raise
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


def _keep(claim: KeptAnswer, response: Response) -> None:
    """Sealed, as some answers have secrets in them that are shown once.

    Raises:
        StillInFlight: it took so long that somebody else took it over; what was done is undone.
    """
    ours = KeptAnswer.objects.filter(pk=claim.pk, status=None, begun_at=claim.begun_at)
    body = seal(json.dumps(response.data, cls=DjangoJSONEncoder), purpose=_SEALED_FOR)
    if not ours.update(status=response.status_code, body=body):
        raise StillInFlight


def _opened(claim: KeptAnswer) -> Any:
    """
    Raises:
        KeyReused: SECRET_KEY was replaced, and its predecessor thrown away; what was answered is not known any more.
    """
    if not isinstance(claim.body, str):
        # Of a version that kept answers as they are.
        return claim.body
    try:
        return json.loads(unseal(claim.body, purpose=_SEALED_FOR))
    except SealBroken as error:
        raise KeyReused from error
