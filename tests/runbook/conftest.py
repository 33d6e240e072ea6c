"""An operator, and somebody who sells seats, for every test of the runbook."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running.reaper import Reaper

from .operator import Operator
from .shop import Shop


@pytest.fixture
def operator(tmp_path: Path, reaper: Reaper) -> Iterator[Operator]:
    operator = Operator(tmp_path, reaper)
    yield operator
    operator.stop_all()


@pytest.fixture
def shop(operator: Operator) -> Shop:
    return Shop(operator)
