"""What can stand between a partner's program and what it wants, in words for people and a code for programs."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from rest_framework import exceptions

from booking.errors import DomainError


class NotAPartner(DomainError):
    status = 403
    code = "not-a-partner"
    title = gettext_noop("This account has no keys")

    def __init__(self) -> None:
        super().__init__(_("Become a partner first: POST partner/ with a name."))


class AlreadyAPartner(DomainError):
    code = "already-a-partner"
    title = gettext_noop("This account is a partner's already")

    def __init__(self) -> None:
        super().__init__(_("An account is one partner's; GET partner/ shows it."))


class NotApproved(DomainError):
    status = 403
    code = "not-approved"
    title = gettext_noop("Only sandbox keys so far")

    def __init__(self) -> None:
        super().__init__(_("Keys for real money are made once somebody of ours has approved the partner."))


class TooMany(DomainError):
    """Of what a partner may have a few."""

    code = "too-many"
    title = gettext_noop("There are as many as there may be")

    def __init__(self, limit: int) -> None:
        super().__init__(_("There may be %(limit)s at a time; remove one first.") % {"limit": limit})
        self.limit = limit

    def extras(self) -> dict[str, Any]:
        return {"limit": self.limit}


class AddressRefused(DomainError):
    status = 400
    code = "address-refused"
    title = gettext_noop("Webhooks cannot be sent there")

    def __init__(self, why: str) -> None:
        super().__init__(why)

    def extras(self) -> dict[str, Any]:
        return {"errors": {"url": [str(self)]}}


class EndpointDisabled(DomainError):
    code = "endpoint-disabled"
    title = gettext_noop("This address is disabled")

    def __init__(self) -> None:
        super().__init__(_("It was disabled because nothing arrived there; enable it first."))


class NotForKeys(exceptions.APIException):
    """What people do for themselves, a program cannot do with a key."""

    status_code = 403
    default_code = "not-for-keys"
    default_detail = "This cannot be done with an API key; log in and send the access token of a person."
