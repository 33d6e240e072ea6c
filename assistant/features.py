"""What of a message may tell its intent? Its words, those beside each other, the cues that fit, and what went before.

Names, days and seats stand in a pattern as their kinds (`_train`, `_place`, `_day`...), as in Slots.pattern, so that
what is learned holds for any catalogue.
"""

from . import cues
from .intents import Intent

_LONGEST_PATTERN_WORDS = 60


def features_of(pattern: str, going_on: Intent = Intent.UNKNOWN) -> frozenset[str]:
    """
    Args:
        going_on: the intent that was answered last.
    """
    words = [stem(word) for word in pattern.split()[:_LONGEST_PATTERN_WORDS]]
    found = {f"word {word}" for word in words}
    found |= {f"pair {one} {other}" for one, other in zip(["<", *words], [*words, ">"], strict=True)}
    found |= {f"near {one} {other}" for one, other in zip(words, words[2:], strict=False)}
    rest = " ".join(word for word in pattern.split() if not word.startswith("_"))
    found |= {f"cue {section}" for section, cue in cues.every().items() if cue.search(rest)}
    return frozenset({*found, f"after {going_on}"})


def stem(word: str) -> str:
    """Without the endings that change nothing here."""
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.startswith("_"):
            return word.removesuffix(ending)
    return word
