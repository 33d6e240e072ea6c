"""How often may a program ask? Each key by itself: one that runs wild stops neither others nor the person."""

from typing import TYPE_CHECKING

from rest_framework.request import Request

from accounts.throttles import CustomerThrottle, InWindows
from ticketsite.partners.models import ApiKey

if TYPE_CHECKING:
    # It reads the settings that name this module.
    from rest_framework.views import APIView


class KeyThrottle(InWindows):
    """From however many addresses."""

    scope = "key"

    def get_cache_key(self, request: Request, view: "APIView | None") -> str | None:
        if not isinstance(request.auth, ApiKey):
            return None
        return self.cache_format % {"scope": self.scope, "ident": request.auth.pk}


class PersonThrottle(CustomerThrottle):
    """Whatever is asked without a key."""

    def get_cache_key(self, request: Request, view: "APIView | None") -> str | None:
        return None if isinstance(request.auth, ApiKey) else super().get_cache_key(request, view)
