"""Customers who arrive at random, whether or not those before them have been answered; all seats are different.

Times count from when a customer should have arrived, so that a generator that is late hides nothing. An event loop's
timers are a millisecond coarse: who should come within the same one comes at its end, and has waited till then.

Told "go" it goes on for --seconds; without --seconds until its input ends, and says at each line "report" how it was
since the last.
"""

import asyncio
import random
import time
from collections.abc import Iterator

from benchmarks.load.gaps import Gaps
from benchmarks.load.program import open_seats, parser, ready, reserve, run, say, told
from raftstore.async_client import AsyncSeatStoreClient
from raftstore.errors import RaftstoreError

WARM_UP_S = 0.5
US_PER_S = 1_000_000


class Arrivals:
    """Customers at `per_s`, by a Poisson process; each asks for one seat."""

    def __init__(self, client: AsyncSeatStoreClient, seats: Iterator[tuple[str, str]], per_s: float) -> None:
        self._client = client
        self._seats = seats
        self._per_s = per_s
        self._chance = random.Random(1)
        self._waiting: set[asyncio.Task[None]] = set()
        self.times_us: list[int] = []
        self.gaps = Gaps()

    async def go_on(self, seconds: float) -> None:
        """Until `seconds` have passed, or the seats are sold out, and all are answered."""
        due_s = time.monotonic()
        end_s = due_s + seconds
        while due_s < end_s:
            due_s += self._chance.expovariate(self._per_s)
            if (early_s := due_s - time.monotonic()) > 0:
                await asyncio.sleep(early_s)
            if (wanted := next(self._seats, None)) is None:
                break
            task = asyncio.create_task(self._customer(*wanted, due_s))
            self._waiting.add(task)
            task.add_done_callback(self._waiting.discard)
        await asyncio.gather(*self._waiting)

    async def _customer(self, inventory: str, seat: str, due_s: float) -> None:
        try:
            await reserve(self._client, inventory, seat)
        except RaftstoreError:
            self.gaps.failed()
            return
        now_s = time.monotonic()
        self.gaps.answered(now_s)
        self.times_us.append(round((now_s - due_s) * US_PER_S))


async def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--per-second", type=float, required=True, help="how many arrive")
    arguments.add_argument("--seconds", type=float, help="how long (default: until the input ends)")
    arguments.add_argument("--seats", type=int, required=True, help="how many there are")
    plan = arguments.parse_args()
    client = AsyncSeatStoreClient(plan.addresses.split(","))
    warm = await open_seats(client, f"{plan.name}-warm", int(2 * plan.per_second * WARM_UP_S))
    await Arrivals(client, warm, plan.per_second).go_on(WARM_UP_S)
    arrivals = Arrivals(client, await open_seats(client, plan.name, plan.seats), plan.per_second)
    await ready()
    if plan.seconds:
        await measure(arrivals, plan.seconds)
    else:
        await report_when_told(arrivals)
    await client.close()


async def measure(arrivals: Arrivals, seconds: float) -> None:
    started_s = time.monotonic()
    await arrivals.go_on(seconds)
    say(elapsed_s=time.monotonic() - started_s, times_us=arrivals.times_us, failed=arrivals.gaps.failures)
    await told()


async def report_when_told(arrivals: Arrivals) -> None:
    arriving = asyncio.create_task(arrivals.go_on(float("inf")))
    while await told():
        say(**arrivals.gaps.report())
        arrivals.times_us.clear()
    arriving.cancel()


if __name__ == "__main__":
    run(main())
