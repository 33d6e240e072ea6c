"""Which addresses does REST have? Every room brings its own; all of them live under /api/v1/."""

from django.urls import include, path, re_path
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.permissions import AllowAny

from ticketsite.problems import not_found

app_name = "api"

_schema = extend_schema(exclude=True)(SpectacularAPIView).as_view(permission_classes=[AllowAny])
_docs = SpectacularSwaggerView.as_view(url_name="api:schema", permission_classes=[AllowAny])

urlpatterns = [
    path("", include("accounts.api")),
    path("", include("accounts.guest_api")),
    path("", include("accounts.me.urls")),
    path("", include("booking.api.urls")),
    path("", include("payments.api")),
    path("", include("payments.exchange_api")),
    path("", include("payments.late_offer_api")),
    path("", include("partners.api.urls")),
    path("", include("assistant.api")),
    path("", include("ticketsite.status_api")),
    path("schema/", _schema, name="schema"),
    path("docs/", _docs, name="docs"),
    re_path(r"^.*$", not_found),
]
