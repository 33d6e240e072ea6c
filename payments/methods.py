"""With what can be paid, and what of it may be kept? A card typed here, a UPI id, or the gateway's own page.

What is kept tells the customer later what was paid with, and a repeated request from another one under its key.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, assert_never

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from booking.errors import DomainError
from payments.cards import Card

# Of a virtual payment address, "name@handle", at least this much must be right for any bank.
_UPI_ID = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}@[a-z][a-z0-9]{1,31}")
_LETTERS_SHOWN = 2


class MethodKind(StrEnum):
    CARD = "card"
    UPI = "upi"
    HOSTED = "hosted"


class UpiIdInvalid(DomainError):
    """No such address can exist; nobody was asked anything."""

    status = 400
    code = "upi-id-invalid"
    title = gettext_noop("Please check the UPI id")

    def __init__(self) -> None:
        super().__init__(_("A UPI id looks like name@bank."))

    def extras(self) -> dict[str, Any]:
        return {"errors": {"upi": [str(self)]}}


class MethodNotTaken(DomainError):
    """The gateway that takes the money here does not take it this way."""

    status = 400
    code = "method-not-taken"
    title = gettext_noop("This cannot be paid that way")

    def __init__(self, taken: tuple[MethodKind, ...]) -> None:
        super().__init__(_("Here one pays by: %(taken)s.") % {"taken": ", ".join(taken)})
        self.taken = taken

    def extras(self) -> dict[str, Any]:
        return {"taken": list(self.taken)}


@dataclass(frozen=True, slots=True)
class Upi:
    """The address to which the customer's bank sends a request to pay, which is approved on the customer's phone."""

    id: str = field(repr=False)

    @property
    def address(self) -> str:
        return self.id.strip().lower()

    @property
    def masked(self) -> str:
        """Enough of it to be recognised by its owner."""
        name, _, bank = self.address.partition("@")
        return f"{name[:_LETTERS_SHOWN]}…@{bank}"

    def check(self) -> None:
        """Raises: UpiIdInvalid."""
        if not _UPI_ID.fullmatch(self.address):
            raise UpiIdInvalid


@dataclass(frozen=True, slots=True)
class Hosted:
    """With whatever the gateway offers on its own page; no card's number passes through here."""


Method = Card | Upi | Hosted


@dataclass(frozen=True, slots=True)
class Kept:
    """What a payment's row keeps of a method: its columns of these names."""

    method: MethodKind
    card_brand: str = ""
    card_last4: str = ""
    card_expiry: str = ""
    upi_id: str = ""


def kept_of(method: Method) -> Kept:
    match method:
        case Card():
            return Kept(MethodKind.CARD, card_brand=method.brand, card_last4=method.last4, card_expiry=method.expiry)
        case Upi():
            return Kept(MethodKind.UPI, upi_id=method.masked)
        case Hosted():
            return Kept(MethodKind.HOSTED)
        case _:
            assert_never(method)
