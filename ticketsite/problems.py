"""How does an error reach a REST client? As RFC 9457 `application/problem+json`, whatever raised it.

Errors of the trade carry their own `status`, `code` and `title` (booking/errors.py, booking/seatstore/errors.py);
here they get their place in the document. `code` is for programs and never changes, `detail` is for people.
"""

import logging
import math
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext, gettext_noop
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from booking.errors import DomainError
from booking.seatstore import SeatStoreError, SeatStoreRefused
from ticketsite.problem_types import PROBLEM_TYPES, url_of

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
BUSY_RETRY_AFTER_S = 2

# What the store calls otherwise than clients know it. What it refuses besides, no client can bring about.
_OF_THE_STORE = {
    "unknown-seat": "unknown-seat",
    "unknown-inventory": "not-on-sale",
    "inventory-closed": "not-on-sale",
    "request-id-reused": "idempotency-conflict",
}


def problem(status: int, code: str, title: str, detail: str, **extras: Any) -> dict[str, Any]:
    """The document; its `type` is the page that tells the code's cause and cure."""
    return {
        "type": url_of(code),
        "title": gettext(title),
        "status": status,
        "detail": detail,
        "code": code,
        **extras,
    }


def _busy() -> dict[str, Any]:
    return problem(
        503,
        "busy",
        gettext_noop("Too much is being written at this moment"),
        gettext("Send the same request again, with the same Idempotency-Key, after Retry-After seconds."),
    )


def _invalid(code: str, errors: Any) -> dict[str, Any]:
    return problem(400, code, gettext_noop("The request is not valid"), gettext("See errors."), errors=errors)


def _unforeseen() -> dict[str, Any]:
    title = gettext_noop("Something went wrong on our side")
    return problem(500, "server-error", title, gettext("Please try again in a moment."))


_NOT_HERE = gettext_noop("There is no such thing here")


def problem_response(error: Exception, context: dict[str, Any]) -> Response:
    """REST_FRAMEWORK["EXCEPTION_HANDLER"]: every error becomes an answer; one that nobody foresaw is logged first."""
    match error:
        case SeatStoreRefused():
            of = PROBLEM_TYPES[_OF_THE_STORE.get(error.code, "store-refused")]
            body, headers = problem(of.status, of.code, error.title, error.detail), {}
        case DomainError() | SeatStoreError():
            body = problem(error.status, error.code, error.title, str(error), **_extras(error))
            headers = _retry_after(getattr(error, "retry_after_s", None))
        case Http404() | exceptions.NotFound():
            body, headers = problem(404, "not-found", _NOT_HERE, _sentence(error)), {}
        case PermissionDenied():
            body, headers = problem(403, "permission-denied", gettext_noop("You may not do this"), _sentence(error)), {}
        case exceptions.ValidationError():
            body, headers = _invalid(_code_of(error), _listed(error.detail)), {}
        case exceptions.APIException():
            body, headers = _api_problem(error), _api_headers(error)
        case OperationalError() if is_busy(error):
            logger.warning("%s waited too long for the database: %s", context["request"].path, error)
            body, headers = _busy(), _retry_after(BUSY_RETRY_AFTER_S)
        case _:
            logger.error("Unforeseen error in %s", context["request"].path, exc_info=error)
            body, headers = _unforeseen(), {}
    set_rollback()
    return Response(body, status=body["status"], headers=headers, content_type=CONTENT_TYPE)


def is_busy(error: BaseException | None) -> bool:
    """Whether somebody else was writing for longer than we wait, or the database went away: over in a moment.

    A connection that broke while it was not in use is noticed by whoever uses it next, and opened again after.
    """
    return isinstance(error, OperationalError) and any(sign in str(error) for sign in ("locked", "connection"))


def not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """For addresses under /api/ that lead nowhere."""
    return _json(problem(404, "not-found", _NOT_HERE, gettext("No such address.")))


def server_error(request: HttpRequest) -> JsonResponse:
    """For what broke under /api/ outside of a view."""
    return _json(_unforeseen())


def invalid(errors: Mapping[str, list[str]]) -> JsonResponse:
    """For what was asked wrongly under /api/, as is known before a view has seen it."""
    return _json(_invalid("invalid", errors))


def busy(request: HttpRequest) -> JsonResponse:
    """For what waited too long for the database under /api/ outside of a view."""
    return _json(_busy(), _retry_after(BUSY_RETRY_AFTER_S))


def _json(body: dict[str, Any], headers: dict[str, str] | None = None) -> JsonResponse:
    return JsonResponse(body, status=body["status"], headers=headers, content_type=CONTENT_TYPE)


def _extras(error: DomainError | SeatStoreError) -> dict[str, Any]:
    if isinstance(error, DomainError):
        return error.extras()
    if (seats := getattr(error, "seats", None)) is not None:
        return {"seats": list(seats)}
    if (state := getattr(error, "state", None)) is not None:
        return {"state": state}
    return {}


def _retry_after(seconds: float | None) -> dict[str, str]:
    return {} if seconds is None else {"Retry-After": str(max(1, math.ceil(seconds)))}


def _sentence(error: Exception) -> str:
    said = str(error)
    # What get_object_or_404 says names a class of ours, and is English in every language.
    nothing_said = not said or said.endswith(" matches the given query.")
    return gettext("There is nothing at this address, or it is not yours.") if nothing_said else said


def _code_of(error: exceptions.ValidationError) -> str:
    """That which all its faults were given, if we know it: `raise ValidationError(…, code="unclear")`."""
    codes = set(_flat(error.get_codes()))
    own = codes.pop() if len(codes) == 1 else "invalid"
    return own if own in PROBLEM_TYPES else "invalid"


def _flat(codes: Any) -> Iterator[str]:
    match codes:
        case dict():
            codes = codes.values()
        case str():
            yield codes
            return
    for each in codes:
        yield from _flat(each)


def _listed(detail: Any) -> Any:
    """Field errors as {field: [sentences]}; errors of the whole request under non_field_errors."""
    return {"non_field_errors": detail} if isinstance(detail, list) else detail


def _api_problem(error: exceptions.APIException) -> dict[str, Any]:
    title = HTTPStatus(error.status_code).phrase
    code = str(error.default_code).replace("_", "-")
    more: dict[str, Any] = getattr(error, "extras", dict)()
    return problem(error.status_code, code, title, str(error.detail), **more)


def _api_headers(error: exceptions.APIException) -> dict[str, str]:
    headers = _retry_after(getattr(error, "wait", None))
    if challenge := getattr(error, "auth_header", None):
        # RFC 6750, 3.1: by this a client tells that it has to refresh its token, which helps with no wrong code.
        is_token = isinstance(error, exceptions.AuthenticationFailed)
        headers["WWW-Authenticate"] = f'{challenge} error="invalid_token"' if is_token else challenge
    return headers
