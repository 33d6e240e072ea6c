"""How does a seed decide everything? Chance, identifiers and time come from here while a schedule runs."""

import os
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from unittest import mock

from django.utils import timezone

T = TypeVar("T")

BEGINNING = datetime(2030, 6, 1, 6, 0, tzinfo=UTC)


class Chance:
    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def happens(self, probability: float) -> bool:
        return self._random.random() < probability

    def one_of(self, choices: Sequence[T], weights: Sequence[float] | None = None) -> T:
        return self._random.choices(choices, weights)[0]

    def some_of(self, choices: Sequence[T], count: int) -> list[T]:
        return self._random.sample(choices, count)

    def between(self, low: int, high: int) -> int:
        """Both included."""
        return self._random.randint(low, high)


class Clock:
    def __init__(self) -> None:
        self.now = BEGINNING

    def read(self) -> datetime:
        return self.now

    def pass_s(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@contextmanager
def everything_drawn_from(seed: int) -> Iterator[tuple[Chance, Clock]]:
    """Time passes when the clock is told, and what the system draws (uuid4, secrets) follows from the seed."""
    clock, system = Clock(), random.Random(f"system {seed}")
    with (
        mock.patch.object(timezone, "now", clock.read),
        mock.patch.object(os, "urandom", system.randbytes),
        mock.patch.object(random, "_urandom", system.randbytes),
    ):
        yield Chance(seed), clock
