"""A crowd that wants one and the same seat at once: all are answered, one has it. Then the next seat, and so on."""

import asyncio
import time

from benchmarks.load.program import TTL_MS, parser, ready, run, say, told
from raftstore.async_client import AsyncSeatStoreClient
from raftstore.seats import commands as c

MS_PER_S = 1_000


async def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--customers", type=int, required=True)
    arguments.add_argument("--seats", type=int, required=True, help="how many, one after another")
    plan = arguments.parse_args()
    client = AsyncSeatStoreClient(plan.addresses.split(","))
    seats = tuple(f"A-{number}" for number in range(plan.seats + 1))
    await client.execute(c.OpenInventory(plan.name, seats, 1), request_id=f"open:{plan.name}")
    await rush(client, plan.name, seats[-1], plan.customers)
    await ready()
    times_ms, winners = [], []
    for seat in seats[:-1]:
        started_s = time.monotonic()
        winners.append(await rush(client, plan.name, seat, plan.customers))
        times_ms.append((time.monotonic() - started_s) * MS_PER_S)
    say(times_ms=times_ms, winners=winners)
    await told()
    await client.close()


async def rush(client: AsyncSeatStoreClient, inventory: str, seat: str, customers: int) -> int:
    """Returns how many have the seat; every other was told that it is taken."""

    async def customer(number: int) -> c.Outcome:
        request_id = f"{inventory}:{seat}:{number}"
        return await client.execute(c.Hold(inventory, request_id, (seat,), 0, 1, TTL_MS), request_id=request_id)

    outcomes = await asyncio.gather(*(customer(number) for number in range(customers)))
    if strange := [outcome for outcome in outcomes if not isinstance(outcome, c.Held | c.Taken)]:
        raise SystemExit(f"neither held nor taken: {strange[0]}")
    return sum(isinstance(outcome, c.Held) for outcome in outcomes)


if __name__ == "__main__":
    run(main())
