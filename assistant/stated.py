"""Which facts does a text state? Amounts, times, dates, seats and codes: another wording is held to them."""

import re

_FACTS = re.compile(
    r"(?P<money>(?:[₹€$£]|\b[A-Z]{3} )[\d,.]*\d|\b[\d.]+,\d\d\s[€₹$£])"
    r"|(?P<clock>\b\d{1,2}:\d\d\b)"
    r"|(?P<seat>\b[A-Z]{1,8}\d{0,2}-\d{1,4}[A-Z]?\b)"
    r"|(?P<code>\b[BCDFGHJKMNPQRSTVWXYZ2-9]{8}\b)"
    r"|(?P<number>\b\d+\b)"
)


def stated_facts(text: str) -> frozenset[str]:
    """Each fact once, without blanks, as it is written: "₹1,100.00", "17:00", "B1-14", "BKQZ7R4M", "22"."""
    return frozenset(re.sub(r"\s", "", match.group()) for match in _FACTS.finditer(text))
