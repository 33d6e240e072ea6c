"""How are allowances counted that many requests have a part in? Not where those that guard accounts are: that would
cost each request a trip to the database (ticketsite/caches.py).
"""

from typing import cast

from django.core.cache import BaseCache, caches
from django.utils.connection import ConnectionProxy
from rest_framework.throttling import SimpleRateThrottle


class CrowdThrottle(SimpleRateThrottle):
    cache = cast(BaseCache, ConnectionProxy(caches, "throttles"))
