"""What if somebody writes a card's number into a question? It is taken out before anybody reads, keeps or sends it."""

import re

# Of 13 to 19 digits, with spaces or hyphens as on the card.
_LIKE_A_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
REMOVED = "••••"


def without_card_numbers(text: str) -> str:
    return _LIKE_A_CARD.sub(lambda match: REMOVED if _is_card(match[0]) else match[0], text)


def _is_card(text: str) -> bool:
    """Whether the last digit is what the others make it (ISO/IEC 7812-1, annex B); others are most likely none."""
    digits = [int(letter) for letter in text if letter.isdigit()]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
