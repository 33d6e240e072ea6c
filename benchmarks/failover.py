"""How long can nobody book when the leader is killed? Against the limit that the election timeout sets.

Under a load of bookings the leading node is killed with SIGKILL; the gap is the longest time between two answers.
No cluster with this election timeout can be back sooner than its shortest draw, so the ratio is gap / 150 ms.
"""

import argparse
import json
import statistics
import tempfile
import threading
import time
from pathlib import Path

from raftstore.client import SeatStoreClient
from raftstore.seats import commands as c
from tests.running.reaper import Reaper
from tests.running.store_cluster import StoreCluster

SHORTEST_ELECTION_TIMEOUT_S = 0.150
CUSTOMERS = 16
PAUSE_S = 0.005
BEFORE_S, AFTER_S = 0.5, 2.0
SEATS = 50_000


def trial(cluster: StoreCluster, client: SeatStoreClient, name: str) -> tuple[float, int]:
    """Kill the leader once. Returns the gap in seconds and how many requests failed."""
    client.execute(c.OpenInventory(name, tuple(f"A-{n}" for n in range(SEATS)), 1), request_id=f"open:{name}")
    answered: list[float] = []
    failed = 0
    stop = threading.Event()

    def customer(first: int) -> None:
        nonlocal failed
        for seat in range(first, SEATS, CUSTOMERS):
            if stop.is_set():
                return
            request_id = f"{name}:{seat}"
            hold = c.Hold(name, request_id, (f"A-{seat}",), 0, 1, 60_000)
            try:
                client.execute(hold, request_id=request_id)
            except Exception:
                failed += 1
            answered.append(time.monotonic())
            time.sleep(PAUSE_S)

    threads = [threading.Thread(target=customer, args=(first,)) for first in range(CUSTOMERS)]
    for thread in threads:
        thread.start()
    time.sleep(BEFORE_S)
    leader = cluster.leader()
    cluster.kill(leader)
    time.sleep(AFTER_S)
    stop.set()
    for thread in threads:
        thread.join()
    cluster.start(leader)
    cluster.wait_until_caught_up()
    answered.sort()
    return max(later - earlier for earlier, later in zip(answered, answered[1:], strict=False)), failed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=10)
    trials = parser.parse_args().trials
    with Reaper() as reaper, tempfile.TemporaryDirectory() as directory:
        cluster = StoreCluster(Path(directory), reaper)
        cluster.start()
        cluster.leader()
        client = SeatStoreClient(cluster.addresses)
        results = [trial(cluster, client, f"trial-{number}") for number in range(trials)]
        client.close()
    gaps = [gap for gap, _ in results]
    figures = {
        "trials": trials,
        "failed_requests": sum(failed for _, failed in results),
        "gap_ms_median": round(statistics.median(gaps) * 1000),
        "gap_ms_longest": round(max(gaps) * 1000),
        "median_over_shortest_election_timeout": round(statistics.median(gaps) / SHORTEST_ELECTION_TIMEOUT_S, 2),
    }
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
