"""How are allowances counted that many requests have a part in? Not where those that guard accounts are: that would
cost each request a trip to the database (ticketsite/caches.py).

What any request to REST counts towards is counted by windows of a fixed length: to remember each request, as the
framework's own throttles do, is work at some thousands a minute.
"""

from typing import TYPE_CHECKING, cast

from django.core.cache import BaseCache, caches
from django.utils.connection import ConnectionProxy
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

if TYPE_CHECKING:
    # It reads the settings that name this module.
    from rest_framework.views import APIView


class CrowdThrottle(SimpleRateThrottle):
    cache = cast(BaseCache, ConnectionProxy(caches, "throttles"))


class PerAddress(CrowdThrottle):
    """Counts each address by itself; `scope` names the limit in REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]."""

    def get_cache_key(self, request: Request, view: "APIView | None") -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class InWindows(CrowdThrottle):
    """At most `num_requests` in each `duration` of seconds, both of which the rate says; no rate is no limit."""

    num_requests: int
    duration: int

    def allow_request(self, request: Request, view: "APIView") -> bool:
        key = self.get_cache_key(request, view) if self.rate is not None else None
        if key is None:
            return True
        self.now = self.timer()
        counter = f"{key}_{int(self.now // self.duration)}"
        self.cache.add(counter, 0, timeout=2 * self.duration)
        try:
            return bool(self.cache.incr(counter) <= self.num_requests)
        except ValueError:
            # It was thrown out of a full cache just now.
            return True

    def wait(self) -> float:
        return float(self.duration - self.now % self.duration)


class CustomerThrottle(InWindows):
    """From however many addresses."""

    scope = "customer"

    def get_cache_key(self, request: Request, view: "APIView | None") -> str | None:
        known = request.user.is_authenticated if request.user else False
        return self.cache_format % {"scope": self.scope, "ident": request.user.pk} if known else None


class AddressThrottle(InWindows, PerAddress):
    """Of however many customers: a household, an office, a mobile network's gateway."""

    scope = "address"
