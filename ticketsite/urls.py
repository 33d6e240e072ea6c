"""Where is everything? One line per room; each has its own list of addresses."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.utils.functional import lazy
from django.views.generic import RedirectView

from . import pages

urlpatterns = [
    path("", include("booking.urls")),
    path("pay/", include("payments.urls")),
    path("assistant/", include("assistant.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("ticketsite.api")),
    path("favicon.ico", RedirectView.as_view(url=lazy(static, str)("icon.svg"))),
    path("healthz", pages.healthz, name="healthz"),
]

handler404 = pages.not_found
handler500 = pages.server_error
