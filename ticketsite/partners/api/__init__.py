"""The REST interface for partners: their keys, the addresses that are told of orders, and who agreed to that."""

# Describes the keys in OpenAPI by being imported.
from ticketsite.partners import openapi

__all__ = ["openapi"]
