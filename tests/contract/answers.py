"""Is what a test was answered by REST among what its operation describes? Whatever the test itself looks at.

Of errors the code has to be described, and with that status. Of what lies outside of the published description
(docs/openapi.json) nothing is said.
"""

import functools
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpResponse
from rest_framework.request import Request

from tests.contract.publishing import PUBLISHED

PROBLEM: Final = "application/problem+json"
# By method and path, then by status: the codes of its problems, none where it is a success.
Answers = Mapping[tuple[str, str], Mapping[str, frozenset[str]]]


def undescribed(request: Request, response: HttpResponse) -> str | None:
    """A sentence if no description has this answer."""
    match = getattr(request._request, "resolver_match", None)
    if match is None:
        return None
    path = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", match.route)
    described = _described().get((request.method or "", path))
    if described is None:
        return None
    where, status = f"{request.method} {path}", str(response.status_code)
    if status not in described:
        return f"{where}: {status} is not described: {_body(response)}"
    if status >= "400" and (code := _body(response).get("code")) not in described[status]:
        return f"{where}: {status} {code} is not described"
    return None


def _body(response: Any) -> Mapping[str, Any]:
    """What was answered, if it is a document."""
    data = response.data if hasattr(response, "data") else json.loads(response.content)
    return data if isinstance(data, Mapping) else {}


@functools.cache
def _described() -> Answers:
    description = json.loads(PUBLISHED.read_text())
    return {
        (method.upper(), path): {
            status: frozenset(_codes(description, answer)) for status, answer in operation["responses"].items()
        }
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    }


def _codes(description: Any, answer: Any) -> list[str]:
    schema = _found(description, answer).get("content", {}).get(PROBLEM, {}).get("schema")
    if schema is None:
        return []
    kinds = [_found(description, kind) for kind in schema.get("oneOf", [schema])]
    return [kind["allOf"][1]["properties"]["code"]["enum"][0] for kind in kinds]


def _found(description: Any, what: Any) -> Any:
    if "$ref" not in what:
        return what
    return functools.reduce(lambda found, step: found[step], what["$ref"].removeprefix("#/").split("/"), description)
