"""How does a test wait? For a condition, never for a length of time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_for(condition: Callable[[], T], what: str, timeout_s: float = 30, every_s: float = 0.05) -> T:
    """The first truthy answer of `condition`; AssertionError naming `what` when it does not come in time."""
    deadline = time.monotonic() + timeout_s
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited {timeout_s:g} s in vain for {what}")
        time.sleep(every_s)
