"""How often may one person ask? The page and the REST endpoint share one allowance."""

from rest_framework.throttling import SimpleRateThrottle


class QuestionThrottle(SimpleRateThrottle):
    """Counted per customer, or per address for who is not logged in."""

    scope = "assistant"
    rate = "30/min"

    def get_cache_key(self, request, view) -> str:
        ident = request.user.pk if request.user.is_authenticated else self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": ident}
