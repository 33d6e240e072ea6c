"""What is a card, and what of it may be kept? Its number lives in memory for one request and nowhere else."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from booking.errors import DomainError

_BRANDS = (
    ("Visa", re.compile(r"4")),
    ("Mastercard", re.compile(r"5[1-5]|2(2[2-9]|[3-6]|7[01]|720)")),
    ("American Express", re.compile(r"3[47]")),
    ("RuPay", re.compile(r"60|65|81|82|508")),
)


class CardInvalid(DomainError):
    """The card's data cannot be right; nothing was charged."""

    status = 400
    code = "card-invalid"
    title = gettext_noop("Please check the card's details")

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field

    def extras(self) -> dict[str, Any]:
        return {"errors": {self.field: [str(self)]}}


@dataclass(frozen=True, slots=True)
class Card:
    """As typed by the customer; spaces and dashes in the number do not matter. repr() shows nothing secret."""

    number: str = field(repr=False)
    exp_month: int = field(repr=False)
    exp_year: int = field(repr=False)
    cvc: str = field(repr=False)

    @property
    def digits(self) -> str:
        return re.sub(r"[ -]", "", self.number)

    @property
    def last4(self) -> str:
        return self.digits[-4:]

    @property
    def brand(self) -> str:
        return next((name for name, start in _BRANDS if start.match(self.digits)), "Card")

    @property
    def expiry(self) -> str:
        """YYYY-MM."""
        return f"{self.exp_year:04}-{self.exp_month:02}"

    def check(self, *, today: date) -> None:
        """Find what no card of any gateway can have.

        Raises:
            CardInvalid: it names the field.
        """
        if not re.fullmatch(r"[0-9]{12,19}", self.digits):
            raise CardInvalid("number", _("A card number has 12 to 19 digits."))
        if not 1 <= self.exp_month <= 12:
            raise CardInvalid("exp_month", _("A month is a number from 1 to 12."))
        if not today.year <= self.exp_year <= today.year + 30:
            raise CardInvalid("exp_year", _("This card has expired, or its year is not right."))
        if (self.exp_year, self.exp_month) < (today.year, today.month):
            raise CardInvalid("exp_month", _("This card has expired."))
        if not re.fullmatch(r"[0-9]{3,4}", self.cvc):
            raise CardInvalid("cvc", _("The security code has 3 or 4 digits."))


def passes_luhn(digits: str) -> bool:
    """The check digit of ISO/IEC 7812-1, which catches a mistyped digit."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
