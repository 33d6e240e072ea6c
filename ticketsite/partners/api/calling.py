"""Which partner asks, and for which of its two worlds? A person for both, a key for its own."""

from dataclasses import dataclass

from rest_framework.request import Request

from ticketsite.partners.keys import partner_of
from ticketsite.partners.models import ApiKey, Partner


@dataclass(frozen=True, slots=True)
class Caller:
    """`is_sandbox`: what a key may see; None: a person asks, who sees all."""

    partner: Partner
    is_sandbox: bool | None


def caller_of(request: Request) -> Caller:
    """
    Raises:
        NotAPartner
    """
    if isinstance(request.auth, ApiKey):
        return Caller(request.auth.partner, request.auth.is_sandbox)
    return Caller(partner_of(request.user), None)
