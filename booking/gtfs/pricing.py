"""What does the feed say that a journey costs? The cheapest ticket between two zones; what is free is no fare.

Of GTFS fares (version 1) it takes those by route, origin and destination. Rules by the zones passed on the way
(contains_id) say more than a fare between two ends can hold; they are counted and left out.
"""

import sqlite3
from dataclasses import dataclass
from decimal import Decimal

from booking.gtfs.errors import ImportRefused

_RULES = """
SELECT COALESCE(rule.route, ''), COALESCE(rule.origin, ''), COALESCE(rule.destination, ''), fare.amount
FROM fare LEFT JOIN fare_rule AS rule ON rule.fare = fare.id
WHERE COALESCE(rule.contains, '') = ''
  AND (COALESCE(rule.route, '') = '' OR rule.route IN (SELECT route FROM wanted))
"""

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class FeedFares:
    """Amounts by line, zone of origin and zone of destination; '' is any. `currency` is None without fares."""

    currency: str | None
    amounts: dict[Key, Decimal]
    left_out: int


def feed_fares(staged: sqlite3.Connection) -> FeedFares:
    """
    Raises:
        ImportRefused: fares in several currencies.
    """
    currencies = [currency for (currency,) in staged.execute("SELECT DISTINCT currency FROM fare ORDER BY 1")]
    if len(currencies) > 1:
        raise ImportRefused(f"Fares are in {', '.join(currencies)}; a carrier sells in one currency.")
    amounts: dict[Key, Decimal] = {}
    for line, origin, destination, text in staged.execute(_RULES):
        amount, key = Decimal(text), (line, origin, destination)
        if amount > 0:
            amounts[key] = min(amount, amounts.get(key, amount))
    by_zones_passed: int = staged.execute("SELECT count(*) FROM fare_rule WHERE contains > ''").fetchone()[0]
    return FeedFares(currencies[0] if currencies else None, amounts, by_zones_passed)
