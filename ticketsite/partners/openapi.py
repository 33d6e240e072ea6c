"""How are API keys described in OpenAPI? As one way more to prove who asks, where they open something."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from ticketsite.partners.authentication import OPEN_TO_KEYS


class KeyScheme(OpenApiAuthenticationExtension):
    target_class = "ticketsite.partners.authentication.KeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A partner's key, `tsk_live_…` or, without real money, `tsk_test_…`.",
        }

    def get_security_requirement(self, auto_schema: Any) -> Any:
        if auto_schema.path.removeprefix("/api/v1/") not in OPEN_TO_KEYS:
            return None
        return super().get_security_requirement(auto_schema)
