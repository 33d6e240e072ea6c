"""Which addresses does REST have? Every room brings its own; all of them live under /api/v1/."""

from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.views import SpectacularSwaggerView
from rest_framework.permissions import AllowAny

from ticketsite import problem_pages
from ticketsite.problems import not_found
from ticketsite.schema import DescriptionView, TryingView

app_name = "api"

_docs = SpectacularSwaggerView.as_view(url_name="api:docs_schema", permission_classes=[AllowAny])

urlpatterns = [
    path("", include("accounts.api")),
    path("", include("accounts.guest_api")),
    path("", include("accounts.me.urls")),
    path("", include("booking.api.urls")),
    path("", include("payments.api")),
    path("", include("payments.exchange_api")),
    path("", include("payments.late_offer_api")),
    path("", include("ticketsite.partners.api.urls")),
    path("", include("assistant.api")),
    path("", include("ticketsite.status_api")),
    path("schema/", DescriptionView.as_view(), name="schema"),
    path("docs/", _docs, name="docs"),
    path("docs/schema/", TryingView.as_view(), name="docs_schema"),
    path("problems/", problem_pages.all_problems, name="problems"),
    path("problems/<slug:code>/", problem_pages.one_problem, name="problem"),
    # Whoever sends something there is told so in any case, and not asked for a form's token first.
    re_path(r"^.*$", csrf_exempt(not_found)),
]
