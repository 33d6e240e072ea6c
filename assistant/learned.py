"""Which intent do all words of a message together speak for? By weights learned from phrases (learning.py)."""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .features import features_of, stem
from .intents import Intent
from .learning import weighed

WEIGHTS = Path(__file__).parent / "weights.json"


@dataclass(frozen=True, slots=True)
class _Weights:
    rarity: Mapping[str, float]
    of_feature: Mapping[str, Mapping[Intent, float]]


def votes(pattern: str, going_on: Intent) -> dict[Intent, float]:
    """For each intent how much speaks for it; where it is clear, one is about 1 ahead of the others."""
    weights = _weights()
    found = dict.fromkeys(Intent, 0.0)
    for feature, share in weighed(features_of(pattern, going_on), weights.rarity).items():
        for intent, weight in weights.of_feature[feature].items():
            found[intent] += share * weight
    return found


def is_strange(pattern: str) -> bool:
    """Whether at most half of the words are any that was learned from: then they speak for nothing."""
    rarity = _weights().rarity
    words = [word for word in pattern.split() if not word.isdigit()]
    return 2 * sum(f"word {stem(word)}" in rarity for word in words) <= len(words)


@functools.cache
def _weights() -> _Weights:
    written = json.loads(WEIGHTS.read_text())
    del written[""]
    return _Weights(
        {feature: rarity for feature, (rarity, _row) in written.items()},
        {feature: {Intent(name): weight for name, weight in row.items()} for feature, (_, row) in written.items()},
    )
