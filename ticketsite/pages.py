"""Pages that belong to no app: what a visitor sees when something is missing, forbidden or broken; and liveness."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
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
    if request.path.startswith("/api/"):
        return problems.server_error(request)
    return plain_server_error(request)
