"""For how long is nobody answered when something is done to the leader, under a load that goes on?"""

import time

from .benchmark import BenchmarkFailed, Figures
from .load_program import LoadProgram

PER_S = 2_000
# Long enough for the load to be even before the next blow.
QUIET_S = 0.5
RECOVERY_LIMIT_S = 30.0


class Outage:
    """From its making, just before the blow, until `figures`.

    Args:
        customers: who arrive at PER_S and report (benchmarks/load/arriving_customers.py, or a peer's).
    """

    def __init__(self, customers: LoadProgram) -> None:
        self._customers = customers
        time.sleep(QUIET_S)
        customers.ask("report")

    def figures(self) -> Figures:
        """Wait until customers are answered evenly again. Returns the longest gap, and how many requests failed.

        Raises:
            BenchmarkFailed: it takes too long.
        """
        longest_ms, failed = 0.0, 0.0
        deadline_s = time.monotonic() + RECOVERY_LIMIT_S
        while time.monotonic() < deadline_s:
            time.sleep(QUIET_S)
            report = self._customers.ask("report")
            longest_ms = max(longest_ms, report["longest_gap_ms"])
            failed += report["failed"]
            # The gap, should it last still, is as long as this whole time.
            if report["longest_gap_ms"] < QUIET_S * 1000 / 2 and report["answered"] > PER_S * QUIET_S / 2:
                return {"gap_ms": round(longest_ms, 1), "failed": failed}
        raise BenchmarkFailed(f"customers are not answered again within {RECOVERY_LIMIT_S:g} s")
