"""Which known phrase is a message likest? By the words and pairs of words that they share, rare ones more than common.

Names, days and seats stand in phrases as their kinds (`_train`, `_place`, `_day`...), as in Slots.pattern. A message
that is like none of them is not known: nothing is guessed.
"""

import functools
import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .intents import Intent

_PHRASES = Path(__file__).parent / "phrases.txt"
# Below this the likest phrase says nothing: half of what is told by the words is not shared.
_ALIKE = 0.42
_NEXT_PHRASES = 3


@dataclass(frozen=True, slots=True)
class _Known:
    """A phrase as weights of length 1."""

    intent: Intent
    weights: Mapping[str, float]


def likest(pattern: str) -> Intent:
    """The intent whose phrases the message is likest; UNKNOWN if it is like none."""
    weights = _weighted(_features(pattern))
    if not weights:
        return Intent.UNKNOWN
    by_intent: dict[Intent, list[float]] = defaultdict(list)
    for known in _phrases():
        if alike := sum(weight * known.weights.get(feature, 0.0) for feature, weight in weights.items()):
            by_intent[known.intent].append(alike)
    best, score = Intent.UNKNOWN, _ALIKE
    for intent, found in by_intent.items():
        nearest = sorted(found, reverse=True)[:_NEXT_PHRASES]
        # One that is nearly the same decides; several that are similar help.
        together = nearest[0] + 0.1 * sum(nearest[1:])
        if nearest[0] >= _ALIKE and together > score:
            best, score = intent, together
    return best


def phrases() -> list[tuple[Intent, str]]:
    """All known phrases: a line with an intent, then its phrases."""
    found: list[tuple[Intent, str]] = []
    intent = Intent.UNKNOWN
    for line in _PHRASES.read_text().splitlines():
        if line.startswith("["):
            intent = Intent(line.strip("[]"))
        elif line.strip():
            found.append((intent, line.strip()))
    return found


def _features(pattern: str) -> Counter[str]:
    words = [_stem(word) for word in pattern.split()]
    return Counter([*words, *(f"{one} {other}" for one, other in zip(["<", *words], [*words, ">"], strict=True))])


def _stem(word: str) -> str:
    """Without the endings that change nothing here."""
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.startswith("_"):
            return word.removesuffix(ending)
    return word


@functools.cache
def _rarity() -> Mapping[str, float]:
    known = phrases()
    counted = Counter(feature for _, phrase in known for feature in set(_features(phrase)))
    return {feature: math.log(1 + len(known) / count) for feature, count in counted.items()}


def _weighted(features: Counter[str]) -> Mapping[str, float]:
    """Words that no phrase has count as the rarest: a message full of them is like nothing."""
    rarest = max(_rarity().values())
    weights = {
        feature: _rarity().get(feature, 0.0 if " " in feature else rarest) * (0.5 if " " in feature else 1.0)
        for feature in features
    }
    length = math.sqrt(sum(weight * weight for weight in weights.values()))
    return {feature: weight / length for feature, weight in weights.items()} if length else {}


@functools.cache
def _phrases() -> tuple[_Known, ...]:
    return tuple(_Known(intent, _weighted(_features(phrase))) for intent, phrase in phrases())
