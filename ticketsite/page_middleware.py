"""Middleware that only pages need. A program that shows a token has no session, no language and no messages to show.

Each class is Django's own (or its package's), which lets such a request pass by.
"""

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from csp.middleware import CSPMiddleware
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.middleware.locale import LocaleMiddleware
from django.urls import reverse_lazy
from django.utils import timezone, translation
from django.utils.decorators import sync_and_async_middleware
from django.utils.deprecation import MiddlewareMixin
from simple_history.middleware import HistoryRequestMiddleware

from accounts.choices import zone_of


def is_a_programs(request: HttpRequest) -> bool:
    """Who shows no token under /api/ may be one of our own pages, which are known by their session."""
    return "HTTP_AUTHORIZATION" in request.META and request.path_info.startswith("/api/")


class _ForPages(MiddlewareMixin):
    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request) if is_a_programs(request) else super().__call__(request)


class PackedPages(GZipMiddleware):
    """Pages, and nothing else: files are packed by who serves them, availability once for all who ask.

    Packing what somebody can add to beside a secret lets them guess it by the length (BREACH). The secret in our pages
    is the forms' token, which is masked anew in each; other sites' pages cannot ask with a visitor's cookies, which are
    SameSite=Lax; and what is packed here is lengthened by chance, which a proxy that packs would not do.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_page = not response.streaming and response.get("Content-Type", "").startswith("text/html")
        return super().process_response(request, response) if is_page else response


class ContentPolicy(_ForPages, CSPMiddleware):
    pass


class Sessions(_ForPages, SessionMiddleware):
    pass


class People(_ForPages, AuthenticationMiddleware):
    pass


class Messages(_ForPages, MessageMiddleware):
    pass


class Languages(_ForPages, LocaleMiddleware):
    def __call__(self, request: HttpRequest) -> Any:
        # The thread may have served somebody else's page before.
        translation.deactivate()
        if is_a_programs(request) and "HTTP_ACCEPT_LANGUAGE" in request.META:
            # What it is told of errors is read by people.
            translation.activate(translation.get_language_from_request(request))
        return super().__call__(request)


_OFFICE = reverse_lazy("admin:index")


class Zones(_ForPages):
    """Times without a place of their own are shown in the zone of whoever looks; in the back office in UTC."""

    def __call__(self, request: HttpRequest) -> Any:
        # The thread may have served somebody else's page before.
        timezone.deactivate()
        return super().__call__(request)

    def process_request(self, request: HttpRequest) -> None:
        # Unlike a query for the person, this costs nothing to who has no session.
        zone = zone_of(request.session)
        if zone is not None and not request.path.startswith(str(_OFFICE)):
            timezone.activate(zone)


@sync_and_async_middleware
def office_authors(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Lets the history of the catalogue name who made a change; only the back office makes any."""
    noted = HistoryRequestMiddleware(get_response)

    def answer(request: HttpRequest) -> Any:
        in_the_office = request.path.startswith(str(_OFFICE))
        return noted(request) if in_the_office else get_response(request)

    return markcoroutinefunction(answer) if iscoroutinefunction(get_response) else answer
