"""Pages that belong to no app: what a visitor sees when something is missing, forbidden, busy or broken; liveness."""

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.views.decorators.csrf import requires_csrf_token
from django.views.defaults import server_error as plain_server_error

from ticketsite import problems


def healthz(request: HttpRequest) -> HttpResponse:
    """The process lives. It says nothing of the database or the seat store: restarting us would not heal those."""
    return HttpResponse("ok", content_type="text/plain", headers={"Cache-Control": "no-store"})


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problems.not_found(request, exception)
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without context processors: whatever broke must not break this page too."""
    for_programs = request.path.startswith("/api/")
    if problems.is_busy(sys.exception()):
        return problems.busy(request) if for_programs else _busy()
    return problems.server_error(request) if for_programs else plain_server_error(request)


def _busy() -> HttpResponse:
    """Somebody else was writing for longer than we wait."""
    headers = {"Retry-After": str(problems.BUSY_RETRY_AFTER_S)}
    return HttpResponse(get_template("503.html").render(), status=503, headers=headers)
