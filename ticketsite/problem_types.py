"""All errors that REST knows, of every room, by their code."""

from collections.abc import Mapping
from typing import Final

import accounts.problem_types
import assistant.problem_types
import booking.problem_types
import payments.problem_types
from accounts.problem_types import ProblemType

from .partners import problem_types as partners

_ROOMS: Final = (
    accounts.problem_types,
    booking.problem_types,
    payments.problem_types,
    partners,
    assistant.problem_types,
)

PROBLEM_TYPES: Final[Mapping[str, ProblemType]] = {of.code: of for room in _ROOMS for of in room.PROBLEM_TYPES}


def url_of(code: str) -> str:
    """Where its cause and cure are told; a relative reference, which stays true wherever the site is mounted."""
    return f"/api/v1/problems/{code}/"
