"""How often may one person ask? The page and the REST endpoint share one allowance."""

import math
from typing import cast

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.throttles import CrowdThrottle


class QuestionThrottle(CrowdThrottle):
    """Counted per customer, or per address for who is not logged in."""

    scope = "assistant"
    rate = "30/min"

    def get_cache_key(self, request: Request, view: APIView | None) -> str:
        ident = request.user.pk if request.user.is_authenticated else self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": ident}


def seconds_to_wait(request: HttpRequest | Request) -> int:
    """Count a question asked outside REST; 0 if it may be answered now."""
    throttle = QuestionThrottle()
    # The throttle reads a request's user and address only, which Django's requests have too, and no view.
    if throttle.allow_request(cast(Request, request), cast(APIView, None)):
        return 0
    return math.ceil(throttle.wait() or 1)
