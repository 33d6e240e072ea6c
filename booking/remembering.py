"""What need not be asked again this second? Facts that operators change now and then, and a rush asks for all the time.

Each process remembers for itself, for settings.SALE_FACTS_FRESH_S (0: nothing): as if the request had come that much
earlier. What decides about a seat is never remembered, because the seat store is asked.
"""

import functools
import time
from collections.abc import Callable, Hashable
from typing import TypeVar

from django.conf import settings

T = TypeVar("T")

LIMIT = 1_000


def remembered(ask: Callable[..., T]) -> Callable[..., T]:
    """Decorates a function whose answer may be that old. Who gets the answer shares it, so must not change it."""
    known: dict[tuple[Hashable, ...], tuple[float, T]] = {}

    @functools.wraps(ask)
    def answer(*about: Hashable) -> T:
        if not settings.SALE_FACTS_FRESH_S:
            return ask(*about)
        now_s = time.monotonic()
        asked_before = known.get(about)
        if asked_before is not None and now_s - asked_before[0] < settings.SALE_FACTS_FRESH_S:
            return asked_before[1]
        if len(known) >= LIMIT:
            known.clear()
        known[about] = (now_s, fact := ask(*about))
        return fact

    return answer
