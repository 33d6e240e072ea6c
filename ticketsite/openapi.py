"""What does OpenAPI say of every operation? Its errors, exactly: its own, and those that any request may meet.

Operations name their own errors (accounts/openapi.py: problems). Which more there are follows from the view: who may
ask it, whether it takes a body or a query, whether it counts how often. Each error is a schema, named by its code.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, Final

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, force_instance
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS

from accounts.asked import Asked, OnlyKnown
from accounts.openapi import PROBLEM, ProblemSerializer
from accounts.permissions import HasAccount
from accounts.problem_types import ProblemType
from ticketsite.partners.authentication import OPEN_TO_KEYS
from ticketsite.problem_types import PROBLEM_TYPES

Schema = dict[str, Any]

CONTENT_TYPE: Final = "application/problem+json"

# `invalid`: a query that is not described, whatever is asked (ticketsite/queries.py).
_ANY: Final = ("invalid", "not-acceptable", "server-error", "busy")
_WITH_BODY: Final = ("parse-error", "too-slow", "too-large", "unsupported-media-type")
_WITH_KEY: Final = ("idempotency-conflict", "request-in-flight")
# No text may have a NUL, which databases do not take. Where blanks around it are cut off, something has to be left.
_TEXT: Final = r"^[^\x00]*$"
_READABLE: Final = r"^[^\x00]*[^\s\x00][^\x00]*$"
_RETRY_AFTER: Final = {
    "schema": {"type": "integer", "minimum": 1},
    "required": True,
    "description": "Seconds until it is worth trying again.",
}
_WWW_AUTHENTICATE: Final = {
    "schema": {"type": "string"},
    "description": 'How one logs in here; with `error="invalid_token"` if the token is at fault.',
}


class Description(AutoSchema):
    def _get_format_parameters(self) -> list[Schema]:
        """Who wants another form says so in Accept, not in the query."""
        return []

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Schema:
        described: Schema = super()._map_basic_serializer(serializer, direction)
        asked = force_instance(serializer)
        if isinstance(asked, Asked) or direction == "request":
            for name, schema in described.get("properties", {}).items():
                _say_what_is_left(asked.fields[name], schema)
        if isinstance(asked, OnlyKnown):
            described["additionalProperties"] = False
        return described

    def _get_response_bodies(self, direction: Any = "response") -> Schema:
        bodies = super()._get_response_bodies(direction)
        named = {key.removeprefix(PROBLEM) for key in bodies if key.startswith(PROBLEM)}
        answers = {status: body for status, body in bodies.items() if not status.startswith(PROBLEM)}
        codes = named | set(self._codes_of_its_kind())
        # In the table's own order, whatever the set's.
        types = sorted((of for of in PROBLEM_TYPES.values() if of.code in codes), key=lambda of: of.status)
        for status, alike in groupby(types, key=lambda of: of.status):
            answers[str(status)] = self._problem_answer(list(alike))
        return answers

    def _codes_of_its_kind(self) -> Iterator[str]:
        """What can go wrong with any request that is asked like this one."""
        yield from _ANY
        if self._get_request_body():
            yield from _WITH_BODY
        asked = self._get_parameters()
        if any(parameter["name"] == "Idempotency-Key" for parameter in asked):
            yield from _WITH_KEY
        if self.view.get_throttles():
            yield "throttled"
        if self.view.get_authenticators():
            yield "authentication-failed"
            if self.path.removeprefix("/api/v1/") not in OPEN_TO_KEYS:
                yield "not-for-keys"
            if {} not in self.get_auth():
                yield "not-authenticated"
            if any(isinstance(permission, HasAccount) for permission in self.view.get_permissions()):
                yield "account-needed"
            if self.method not in SAFE_METHODS:
                # Pages of our own show a token against forgery.
                yield "permission-denied"

    def _problem_answer(self, types: list[ProblemType]) -> Schema:
        schemas = [self._component(of).ref for of in types]
        schema = schemas[0] if len(schemas) == 1 else {"oneOf": schemas}
        answer: Schema = {
            "content": {CONTENT_TYPE: {"schema": schema}},
            "description": ", ".join(of.code for of in types),
        }
        if headers := _headers(types):
            answer["headers"] = headers
        if len(types) > 1:
            return answer
        # The same wherever it may be answered.
        shared = ResolvedComponent(_name(types[0]), ResolvedComponent.RESPONSE, answer, object=types[0].code)
        self.registry.register_on_missing(shared)
        return shared.ref

    def _component(self, of: ProblemType) -> ResolvedComponent:
        self.resolve_serializer(ProblemSerializer, "response")
        component = ResolvedComponent(_name(of), ResolvedComponent.SCHEMA, {}, object=of.code)
        self.registry.register_on_missing(component)
        return component


def describe_problems(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
    """SPECTACULAR_SETTINGS["POSTPROCESSING_HOOKS"]: after the one that gives enums names, which these need not."""
    schemas = result["components"]["schemas"]
    schemas.update({_name(of): _schema(of) for of in PROBLEM_TYPES.values() if _name(of) in schemas})
    return result


def _name(of: ProblemType) -> str:
    return "".join(word.capitalize() for word in of.code.split("-")) + "Problem"


def _schema(of: ProblemType) -> Schema:
    own = {
        "type": "object",
        "properties": {
            "status": {"type": "integer", "enum": [of.status]},
            "code": {"type": "string", "enum": [of.code]},
            **of.members,
            **of.may_have,
        },
        "required": ["status", "code", *of.members],
    }
    return {
        "allOf": [{"$ref": "#/components/schemas/Problem"}, own],
        "description": f"{of.cause}. Cure: {of.cure}.",
    }


def _say_what_is_left(field: Any, schema: Schema) -> None:
    """What the field refuses, and its schema does not say yet."""
    match field:
        case serializers.ListField():
            if not field.allow_empty:
                schema["minItems"] = max(1, schema.get("minItems", 0))
            _say_what_is_left(field.child, schema["items"])
        case serializers.CharField() if type(field) is serializers.CharField:
            schema["pattern"] = _READABLE if field.trim_whitespace and not field.allow_blank else _TEXT
            if not field.allow_blank:
                schema["minLength"] = max(1, schema.get("minLength", 0))


def _headers(types: Iterable[ProblemType]) -> Schema:
    headers: Schema = {}
    comes_back = [of.retry_after for of in types]
    if any(comes_back):
        headers["Retry-After"] = {**_RETRY_AFTER, "required": all(comes_back)}
    if all(of.status == 401 for of in types):
        headers["WWW-Authenticate"] = _WWW_AUTHENTICATE
    return headers
