"""Rows about programs of others that sell our seats: who they are, their keys, and what they are told."""

from .partners import Agreement, ApiKey, Partner
from .webhooks import UntoldStep, WebhookDelivery, WebhookEndpoint, WebhookMessage

__all__ = ["Agreement", "ApiKey", "Partner", "UntoldStep", "WebhookDelivery", "WebhookEndpoint", "WebhookMessage"]
