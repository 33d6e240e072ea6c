"""How is the REST interface described, where it is the same in every room: tokens, errors, keys of requests."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 128},
    OpenApiParameter.HEADER,
    description="At most 128 characters of your own. The same key with the same body is carried out once and "
    "answered alike; with another body it is refused (422). After a 503 or no answer at all, send it again.",
)

LOCATION = OpenApiParameter(
    "Location",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    response=[201, 202],
    description="Where it can be looked at from now on.",
)

# The code of faults that no schema of a single member can tell: raise ValidationError(…, code=UNCLEAR).
UNCLEAR = "unclear"

# Begins the keys under which operations name their errors among their responses.
PROBLEM = "problem:"


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.authentication.TokenAuthentication"
    name = "bearerAuth"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class ProblemSerializer(serializers.Serializer):
    """RFC 9457. What else it has depends on `code`: the description of each has it."""

    type = serializers.CharField(help_text="The page that tells cause and cure, as a relative reference.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="For people, in the language that they asked for.")
    code = serializers.CharField(help_text="For programs; never changes its meaning.")


class MoneySerializer(serializers.Serializer):
    """A decimal string, never a float, and the ISO 4217 currency it is in."""

    amount = serializers.DecimalField(max_digits=12, decimal_places=2)
    currency = serializers.CharField(min_length=3, max_length=3)


def problems(*codes: str) -> dict[str, None]:
    """The errors that an operation may answer by its own rules, for extend_schema(responses=...).

    What can go wrong with any request, ticketsite/openapi.py adds by itself.

    Args:
        codes: of ProblemTypes.
    """
    return {f"{PROBLEM}{code}": None for code in codes}
