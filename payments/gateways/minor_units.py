"""How does an amount travel to Stripe? As a whole number of the currency's smallest unit, by Stripe's own table.

It differs from ISO 4217 in a few places: https://docs.stripe.com/currencies#minor-units
"""

from decimal import Decimal

from moneyed import Money

_NO_DECIMALS = frozenset("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split())
_THREE_DECIMALS = frozenset("BHD JOD KWD OMR TND".split())


def to_minor(price: Money) -> int:
    """Raises: ValueError: the currency has no such small coin."""
    minor = price.amount.scaleb(_decimals(price.currency.code))
    if minor != minor.to_integral_value():
        raise ValueError(f"{price} cannot be paid: its currency has {_decimals(price.currency.code)} decimals.")
    return int(minor)


def from_minor(minor: int, currency: str) -> Money:
    code = currency.upper()
    return Money(Decimal(minor).scaleb(-_decimals(code)), code)


def _decimals(code: str) -> int:
    if code in _NO_DECIMALS:
        return 0
    return 3 if code in _THREE_DECIMALS else 2
