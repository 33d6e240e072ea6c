"""How often may something be asked from one address?"""

from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.throttles import CrowdThrottle


class JoinThrottle(CrowdThrottle):
    """Joining a waiting room, by page or by program."""

    scope = "queue-join"

    def get_cache_key(self, request: Request, view: APIView | None) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}
