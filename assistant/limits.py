"""What may it cost at most? "Under 600 rupees", "max 1,000", "2k or less"."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from moneyed import Money

from .reading import Reading

_MOST = 1_000_000
_AMOUNT = r"(?:(?:rs|inr|rupees)\.?\s*|₹\s*)?(?P<amount>\d{1,3}(?:,\d{2,3})+|\d{3,6}|\d{1,3}(?P<thousands>k))"
_UNIT = r"(?:\s*(?:rs|inr|rupees|bucks)\b)?"
_NOT_MONEY = r"(?!\s*(?:km|kms|hrs|hours?|minutes?|[ap]\.?m)\b|[:.]\d)\b"
_BELOW = r"under|below|less than|cheaper than|lower than|beneath"
_AT_MOST = r"at most|max(?:imum)?(?: of| is)?|up ?to|upto|within|no more than|not more than|not over|budget(?: of| is)?"
_PATTERNS = (
    re.compile(rf"\b(?P<how>{_BELOW}|{_AT_MOST})\s+{_AMOUNT}{_NOT_MONEY}{_UNIT}"),
    re.compile(
        rf"(?<![\w-]){_AMOUNT}{_NOT_MONEY}{_UNIT}\s+(?P<how>or less|or below|max(?:imum)?|at most|tops|budget)\b"
    ),
)


@dataclass(frozen=True, slots=True)
class Limit:
    """In the currency of whatever it is held against; `is_allowed`: a price of exactly so much will do."""

    amount: int
    is_allowed: bool

    def allows(self, price: Money) -> bool:
        return price.amount < self.amount or (self.is_allowed and price.amount == self.amount)

    def price(self, like: Money) -> Money:
        return Money(Decimal(self.amount), like.currency)

    def as_json(self) -> list[int | bool]:
        return [self.amount, self.is_allowed]

    @classmethod
    def from_json(cls, said: Any) -> "Limit | None":
        match said:
            case [int(amount), bool(is_allowed)] if 0 < amount <= _MOST:
                return cls(amount, is_allowed)
            case _:
                return None


def take_limit(reading: Reading) -> Limit | None:
    """Take what something may cost at most out of the reading."""
    for pattern in _PATTERNS:
        if match := reading.take_match(pattern, kind="_price"):
            digits = match["amount"].replace(",", "").rstrip("k")
            amount = int(digits) * (1000 if match["thousands"] else 1)
            return Limit(min(amount, _MOST), re.fullmatch(_BELOW, match["how"]) is None)
    return None
