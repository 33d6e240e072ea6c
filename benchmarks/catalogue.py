"""Which benchmarks are there? Every module beside this one that has a BENCHMARK."""

import importlib
import pkgutil
from pathlib import Path

from .measuring.benchmark import Benchmark

# As the page shows them; others follow by name.
FIRST = (
    "reservations",
    "reservations_256",
    "poisson",
    "one_customer",
    "hot_seat",
    "failover",
    "handover",
    "million",
    "seat_choice",
)


def benchmarks() -> dict[str, Benchmark]:
    """By name, in the order of the page."""
    found = {}
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        # What runs when it is imported is no benchmark.
        if module.name != "__main__" and not module.ispkg:
            benchmark = getattr(importlib.import_module(f"benchmarks.{module.name}"), "BENCHMARK", None)
            if isinstance(benchmark, Benchmark):
                found[benchmark.name] = benchmark
    order = [name for name in FIRST if name in found] + sorted(set(found) - set(FIRST))
    return {name: found[name] for name in order}
