"""What did the published description promise that was never so? docs/openapi-corrections.json has it, and why.

A description that takes more than the code ever did sends programs into refusals. To say what the code has always done
takes nothing from them, but looks like a break: less may be sent. So each such change stands in the file, under the
version of the description that first says it right, and excuses the step to that one from those before. What is
narrowed afterwards is not excused by it; nor is ever anything but a limit of what may be sent, or that what was left
aside may be sent no more: what has no name in the description, or no value.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

PLACE: Final = Path(__file__).resolve().parents[2] / "docs" / "openapi-corrections.json"
# As comparing.py says it, which finds limits only in what is asked.
_LIMITS: Final = ("maximum is", "minimum is", "maxLength is", "minLength is", "maxItems is", "minItems is")
_LEFT_ASIDE: Final = (" takes nothing else now", " does not take [''] any more")
_NARROWER: Final = (*(f": {limit} " for limit in _LIMITS), ": has to look like ", *_LEFT_ASIDE)


@dataclass(frozen=True, slots=True)
class Correction:
    version: str
    because: str
    changes: Collection[str]


def corrections(path: Path = PLACE) -> tuple[Correction, ...]:
    """Those that are written down, the oldest first.

    Raises: ValueError, one does not say why, or takes away more than a limit may.
    """
    found = tuple(Correction(**entry) for entry in json.loads(path.read_text()))
    for each in found:
        if not each.because.strip():
            raise ValueError(f"the correction of {each.version} does not say why")
        if breaks := [change for change in each.changes if not is_correction(change)]:
            raise ValueError(f"this is no correction, but a break: {breaks[0]}")
    return found


def write(found: Iterable[Correction], path: Path = PLACE) -> None:
    entries = [{"version": of.version, "because": of.because, "changes": sorted(of.changes)} for of in found]
    path.write_text(json.dumps(entries, indent=1, ensure_ascii=False) + "\n")


def is_correction(change: str) -> bool:
    """Whether a change only says that less may be sent: a limit, how a text has to look, nothing unknown or empty."""
    return any(said in change for said in _NARROWER)


def not_excused(
    changes: Iterable[str], found: Iterable[Correction], *, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[str]:
    """What of `changes` between two descriptions remains a break, whatever was corrected between their versions."""
    was, now = (_numbers(of["info"]["version"]) for of in (before, after))
    excused = {change for of in found if was < _numbers(of.version) <= now for change in of.changes}
    return [change for change in changes if change not in excused]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))
