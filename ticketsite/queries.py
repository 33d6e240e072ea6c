"""May a query say this? Only what its operation describes, each once, and something: all else would be left aside.

A misspelt filter would answer with everything, and so would one without a value. Requests without a query pass by.
"""

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils.decorators import sync_and_async_middleware
from django.utils.translation import gettext as _

from accounts.unknown import faults_of

Parameters = Mapping[str, Mapping[str, Any]]

_PREFIX: Final = "/api/"


@sync_and_async_middleware
def only_described_queries(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Middleware: a query that its operation does not describe is refused as `invalid`, before anything is done."""

    def answer(request: HttpRequest) -> Any:
        return _refusal(request) or get_response(request)

    async def answer_async(request: HttpRequest) -> Any:
        return _refusal(request) or await get_response(request)

    return markcoroutinefunction(answer_async) if iscoroutinefunction(get_response) else answer


def _refusal(request: HttpRequest) -> HttpResponse | None:
    if not request.META.get("QUERY_STRING") or not request.path_info.startswith(_PREFIX):
        return None
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return None
    known = described_parameters(view, "GET" if request.method == "HEAD" else str(request.method))
    if known is None:
        return None
    # REST is imported when it is asked for: a process that follows seats is there sooner without.
    from ticketsite.problems import invalid

    faults = dict(_faults_in(request, known))
    return invalid(faults) if faults else None


def _faults_in(request: HttpRequest, known: Parameters) -> Iterator[tuple[str, list[str]]]:
    yield from faults_of((name for name in request.GET if name not in known), known).items()
    for name, values in request.GET.lists():
        if name not in known:
            continue
        if len(values) > 1:
            yield name, [_("This is said more than once. Say it once.")]
        elif not values[0] and not _may_be_empty(known[name]):
            yield name, [_("There is nothing after the equals sign. Say something, or leave this out.")]


def _may_be_empty(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") == "string" and not schema.keys() & {"minLength", "enum", "format"}


@functools.cache
def described_parameters(view: Callable[..., Any], method: str) -> Parameters | None:
    """The parameters that an operation's query may have, with their schemas; None if it is not described at all."""
    from drf_spectacular.plumbing import ComponentRegistry

    handler = getattr(getattr(view, "cls", None), method.lower(), None)
    schema = getattr(handler, "kwargs", {}).get("schema")
    if schema is None:
        return None
    described = schema()
    described.view = asked = view.cls(**view.initkwargs)  # type: ignore[attr-defined]
    asked.request, asked.kwargs = None, {}
    described.path, described.method, described.registry = "", method, ComponentRegistry()
    if described.is_excluded():
        return None
    return {of["name"]: of["schema"] for of in described._get_parameters() if of["in"] == "query"}
