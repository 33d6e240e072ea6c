"""How are weights learned from phrases? Each phrase is tried; where its intent does not win clearly, weights are moved.

A linear separation with a margin (Crammer and Singer, "On the algorithmic implementation of multiclass kernel-based
vector machines", 2001), by averaged steps. The same phrases give the same weights.
"""

import hashlib
import json
import math
import random
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .features import features_of
from .intents import Intent

PHRASES = Path(__file__).parent / "phrases.txt"
_ROUNDS = 12
_SEED = 1
_STEP = 0.5
# By so much the right intent is to be ahead of every other.
_MARGIN = 1.0
_DIGITS = 2
# What weighs less decides nothing.
_LEAST_WEIGHT = 0.08


@dataclass(frozen=True, slots=True)
class Phrase:
    """A pattern (Slots.pattern) with the intent it shows; `going_on` is the one that was answered before it."""

    intent: Intent
    pattern: str
    going_on: Intent = Intent.UNKNOWN


def phrases() -> list[Phrase]:
    """All known phrases: a line with an intent, then its phrases; "after fares: for two" goes on from another."""
    found: list[Phrase] = []
    intent = Intent.UNKNOWN
    for line in PHRASES.read_text().splitlines():
        if line.startswith("["):
            intent = Intent(line.strip("[]"))
        elif line.strip():
            before, _, pattern = line.rpartition(": ")
            going_on = Intent(before.removeprefix("after ")) if before else Intent.UNKNOWN
            found.append(Phrase(intent, pattern.strip(), going_on))
    return found


def digest_of_lessons() -> str:
    """Of everything that weights are learned from."""
    here = Path(__file__).parent
    return hashlib.sha256(b"".join((here / name).read_bytes() for name in ("phrases.txt", "cues.txt"))).hexdigest()


def learned() -> str:
    """Weights as learned.py reads them: for each feature how telling it is, and its weight for each intent."""
    known = phrases()
    lessons = [features_of(phrase.pattern, phrase.going_on) for phrase in known]
    counted = Counter(feature for features in lessons for feature in features)
    rarity = {
        feature: round(1 + math.log(len(known) / count), _DIGITS)
        for feature, count in counted.items()
        # Two words that met once tell nothing of how people ask.
        if count > 1 or feature.startswith("word ")
    }
    weights = _separated(
        [(weighed(features, rarity), phrase.intent) for features, phrase in zip(lessons, known, strict=True)]
    )
    rows = [
        f"{json.dumps(feature)}: {json.dumps([rarity[feature], row])}"
        for feature in sorted(rarity)
        if (row := _rounded(weights[feature]))
    ]
    return "{\n" + ",\n".join([f'"": {json.dumps(digest_of_lessons())}', *rows]) + "\n}\n"


def weighed(features: frozenset[str], rarity: Mapping[str, float]) -> dict[str, float]:
    """The known ones of them with their share of the whole, which is of length 1."""
    known = {feature: rarity[feature] for feature in sorted(features) if feature in rarity}
    length = math.sqrt(sum(share * share for share in known.values())) or 1.0
    return {feature: share / length for feature, share in known.items()}


def _separated(lessons: list[tuple[dict[str, float], Intent]]) -> Mapping[str, Mapping[Intent, float]]:
    now: dict[str, dict[Intent, float]] = defaultdict(lambda: dict.fromkeys(Intent, 0.0))
    sums: dict[str, dict[Intent, float]] = defaultdict(lambda: dict.fromkeys(Intent, 0.0))
    order, drawn, tried = list(lessons), random.Random(_SEED), 0
    for _ in range(_ROUNDS):
        drawn.shuffle(order)
        for shares, intent in order:
            tried += 1
            scores = dict.fromkeys(Intent, 0.0)
            for feature, share in shares.items():
                for other, weight in now[feature].items():
                    scores[other] += share * weight
            rival = max((other for other in Intent if other != intent), key=scores.__getitem__)
            if (short := _MARGIN - scores[intent] + scores[rival]) <= 0:
                continue
            step = min(_STEP, short / 2)
            for feature, share in shares.items():
                for moved, by in ((intent, step * share), (rival, -step * share)):
                    now[feature][moved] += by
                    # What is taken off again below: the mean over all tries, without adding up all weights each time.
                    sums[feature][moved] += by * tried
    return {
        feature: {intent: weight - sums[feature][intent] / (tried + 1) for intent, weight in row.items()}
        for feature, row in now.items()
    }


def _rounded(row: Mapping[Intent, float]) -> dict[str, float]:
    return {intent.value: round(weight, _DIGITS) for intent, weight in row.items() if abs(weight) >= _LEAST_WEIGHT}
