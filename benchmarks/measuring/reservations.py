"""One run of customers who reserve seats, whoever's customers they are: how many a second, and how long did it take?"""

from collections.abc import Mapping, Sequence

from .benchmark import BenchmarkFailed, Run
from .comparing import percentile
from .cpu import CpuShares
from .load_program import LoadProgram

US_PER_MS = 1_000


def measure_run(clients: Sequence[LoadProgram], pids: Mapping[str, int]) -> Run:
    """Let all begin, and wait for what they measured: the rate of all together, and how long answers took.

    Raises:
        BenchmarkFailed: nobody was answered.
    """
    shares = CpuShares(pids)
    for client in clients:
        client.tell("go")
    answers = [client.answer() for client in clients]
    cpu = shares.shares()
    times_us: list[float] = [time_us for answer in answers for time_us in answer["times_us"]]
    if not times_us:
        raise BenchmarkFailed("nobody was answered")
    reservations_each = answers[0].get("reservations_each", 1)
    figures = {
        "per_s": round(reservations_each * len(times_us) / max(answer["elapsed_s"] for answer in answers)),
        "p50_ms": round(percentile(times_us, 50) / US_PER_MS, 2),
        "p99_ms": round(percentile(times_us, 99) / US_PER_MS, 2),
        "failed": sum(answer.get("failed", 0) for answer in answers),
    }
    return Run(figures, cpu)
