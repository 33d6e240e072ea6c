"""Many seats on sale, and many commands: holds of which most are let go again and some confirmed.

Told "seats" it opens them, told "commands" it carries those out; each time it says how long that took.
"""

import asyncio
import time
from collections.abc import Iterator

from benchmarks.load.program import open_seats, parser, ready, reserve, run, say, told
from raftstore.async_client import AsyncSeatStoreClient
from raftstore.seats import commands as c

CUSTOMERS = 256
# One hold in so many is confirmed, the others are released.
HOLDS_PER_SALE = 10


async def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--seats", type=int, required=True)
    arguments.add_argument("--commands", type=int, required=True, help="at most twice as many as seats")
    plan = arguments.parse_args()
    client = AsyncSeatStoreClient(plan.addresses.split(","))
    await ready()
    started_s = time.monotonic()
    seats = await open_seats(client, plan.name, plan.seats)
    say(elapsed_s=time.monotonic() - started_s)
    await told()
    started_s = time.monotonic()
    numbered = enumerate(seat for seat, _ in zip(seats, range(plan.commands // 2), strict=False))
    await asyncio.gather(*(customer(client, numbered) for _ in range(CUSTOMERS)))
    say(elapsed_s=time.monotonic() - started_s)
    await told()
    await client.close()


async def customer(client: AsyncSeatStoreClient, seats: Iterator[tuple[int, tuple[str, str]]]) -> None:
    """Holds a seat and decides, again and again."""
    for number, (inventory, seat) in seats:
        await reserve(client, inventory, seat)
        hold = f"{inventory}:{seat}"
        decision = c.Confirm(hold) if number % HOLDS_PER_SALE == 0 else c.Release(hold)
        outcome = await client.execute(decision, request_id=f"{hold}:decided")
        if not isinstance(outcome, c.Confirmed | c.Released):
            raise SystemExit(f"{hold} could not be decided: {outcome}")


if __name__ == "__main__":
    run(main())
