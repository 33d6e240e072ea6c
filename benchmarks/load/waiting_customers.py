"""Customers who each wait for their answer before they reserve the next seat; all seats are different."""

import asyncio
import time
from collections.abc import Iterator

from benchmarks.load.program import open_seats, parser, ready, reserve, run, say, told
from raftstore.async_client import AsyncSeatStoreClient

# Of the time measured; before it.
WARM_UP_SHARE = 0.1
# More seats than any store here can sell meanwhile.
SEATS_PER_S = 50_000
NS_PER_US = 1_000


async def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--customers", type=int, required=True, help="in flight at once")
    arguments.add_argument("--seconds", type=float, required=True, help="how long they go on")
    plan = arguments.parse_args()
    client = AsyncSeatStoreClient(plan.addresses.split(","))
    warm_up_s = WARM_UP_SHARE * plan.seconds
    seats = await open_seats(client, f"{plan.name}-warm", int(SEATS_PER_S * warm_up_s))
    await reservations(client, seats, plan.customers, warm_up_s)
    seats = await open_seats(client, plan.name, int(SEATS_PER_S * plan.seconds))
    await ready()
    started_s = time.monotonic()
    times_us = await reservations(client, seats, plan.customers, plan.seconds)
    say(elapsed_s=time.monotonic() - started_s, times_us=times_us)
    await told()
    await client.close()


async def reservations(
    client: AsyncSeatStoreClient, seats: Iterator[tuple[str, str]], customers: int, seconds: float
) -> list[int]:
    """How long each took, in microseconds."""
    times_us: list[int] = []
    end_s = time.monotonic() + seconds

    async def customer() -> None:
        for inventory, seat in seats:
            started_ns = time.perf_counter_ns()
            await reserve(client, inventory, seat)
            times_us.append((time.perf_counter_ns() - started_ns) // NS_PER_US)
            if time.monotonic() > end_s:
                return

    await asyncio.gather(*(customer() for _ in range(customers)))
    return times_us


if __name__ == "__main__":
    run(main())
