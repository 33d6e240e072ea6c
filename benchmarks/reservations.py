"""How many single-seat reservations a second do three durable nodes take? Against one disk that syncs each alone.

The limit is what the same machine's disk allows a store that syncs every reservation by itself, measured just before
and after; batching on the customers' behalf is what makes a ratio above 1 possible, and the page says so.
"""

import argparse
import json
import os
import statistics
import tempfile
import threading
import time
from pathlib import Path

from raftstore.client import SeatStoreClient
from raftstore.seats import commands as c
from tests.running.reaper import Reaper
from tests.running.store_cluster import StoreCluster

RECORD_BYTES = 100
SYNCS = 500


def syncs_a_second(directory: Path) -> float:
    """Appends of one small record, each followed by fdatasync."""
    with (directory / "limit").open("wb", buffering=0) as file:
        started = time.monotonic()
        for _ in range(SYNCS):
            file.write(bytes(RECORD_BYTES))
            os.fdatasync(file.fileno())
        return SYNCS / (time.monotonic() - started)


def reservations_a_second(client: SeatStoreClient, name: str, customers: int, each: int) -> tuple[float, float]:
    """Returns the rate and the 99th percentile of the answer times, in ms."""
    seats = tuple(f"A-{n}" for n in range(customers * each))
    client.execute(c.OpenInventory(name, seats, 1), request_id=f"open:{name}")
    times: list[float] = []

    def customer(first: int) -> None:
        for seat in range(first, customers * each, customers):
            started = time.monotonic()
            request_id = f"{name}:{seat}"
            outcome = client.execute(c.Hold(name, request_id, (seats[seat],), 0, 1, 600_000), request_id=request_id)
            assert isinstance(outcome, c.Held)
            times.append(time.monotonic() - started)

    threads = [threading.Thread(target=customer, args=(first,)) for first in range(customers)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = len(times) / (time.monotonic() - started)
    return rate, statistics.quantiles(times, n=100)[98] * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=64)
    parser.add_argument("--each", type=int, default=100)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    rates, tails, limits = [], [], []
    with Reaper() as reaper, tempfile.TemporaryDirectory(dir=".") as directory:
        cluster = StoreCluster(Path(directory).resolve(), reaper)
        cluster.start()
        cluster.leader()
        client = SeatStoreClient(cluster.addresses)
        for run in range(arguments.runs):
            limits.append(syncs_a_second(Path(directory)))
            rate, tail = reservations_a_second(client, f"run-{run}", arguments.customers, arguments.each)
            rates.append(rate)
            tails.append(tail)
        client.close()
    figures = {
        "customers": arguments.customers,
        "runs": arguments.runs,
        "reservations_a_second_median": round(statistics.median(rates)),
        "answer_ms_p99_median": round(statistics.median(tails), 1),
        "syncs_a_second_median": round(statistics.median(limits)),
        "reservations_per_sync_limit": round(statistics.median(rates) / statistics.median(limits), 2),
    }
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
