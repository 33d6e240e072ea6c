"""How is the REST interface described, where it is the same in every room: tokens, errors, keys of requests."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="At most 128 characters of your own. The same key with the same body is carried out once and "
    "answered alike; with another body it is refused (422). After a 503 or no answer at all, send it again.",
)


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.authentication.TokenAuthentication"
    name = "bearerAuth"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class ProblemSerializer(serializers.Serializer):
    """RFC 9457. Further members depend on `code`: `seats` of a conflict, `errors` by field, `limit`, …"""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField(help_text="For programs; never changes its meaning.")
    seats = serializers.ListField(child=serializers.CharField(), required=False)
    errors = serializers.DictField(required=False)


class MoneySerializer(serializers.Serializer):
    """A decimal string, never a float, and the ISO 4217 currency it is in."""

    amount = serializers.DecimalField(max_digits=12, decimal_places=2)
    currency = serializers.CharField(min_length=3, max_length=3)


def problems(*statuses: int) -> dict[tuple[int, str], type[serializers.Serializer]]:
    """The error answers of an operation, for extend_schema(responses=...)."""
    return {(status, "application/problem+json"): ProblemSerializer for status in statuses}
