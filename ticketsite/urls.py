"""Where is everything? One line per room; each has its own list of addresses."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.utils.functional import lazy
from django.views.generic import RedirectView

from accounts.pages import choose_language

from . import pages
from .script_texts import ScriptTexts

admin.autodiscover()
# One door for everybody: the back office shares the site's login, and with it its limits on guessing.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.i18n_javascript = ScriptTexts.as_view(  # type: ignore[method-assign, assignment]
    packages=["django.contrib.admin"]
)

urlpatterns = [
    path("", include("booking.urls")),
    path("pay/", include("payments.urls")),
    path("assistant/", include("assistant.urls")),
    path("accounts/two-steps/", include("allauth.mfa.urls")),
    path("accounts/devices/", include("allauth.usersessions.urls")),
    path("accounts/partners/", include("ticketsite.partners.urls")),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("ticketsite.api")),
    path("favicon.ico", RedirectView.as_view(url=lazy(static, str)("icon.svg"))),
    path("language/", choose_language, name="set_language"),
    path("healthz", pages.healthz, name="healthz"),
]

if not settings.PRODUCTION:
    # Mail goes into files there, and whoever opens the page reads everybody's.
    urlpatterns.append(path("mailbox/", include("ticketsite.mailbox.urls")))

handler404 = pages.not_found
handler500 = pages.server_error
