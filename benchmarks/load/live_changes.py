"""Seats of one inventory change at a steady pace, and it says when the store had committed each.

It puts the inventory, named as its `--name`, on sale before it is ready, and goes on until its input ends: each "go"
takes seats that nobody has taken yet.
"""

import asyncio
import time
from argparse import Namespace

from raftstore.async_client import AsyncSeatStoreClient
from raftstore.seats import commands as c

from .program import SEAT_NAMES, TTL_MS, parser, run, say, told


async def main(arguments: Namespace) -> None:
    client = AsyncSeatStoreClient(arguments.addresses.split(","))
    inventory = arguments.name
    seats = iter(SEAT_NAMES)
    committed: dict[str, float] = {}

    async def take(seat: str) -> None:
        hold = c.Hold(inventory, f"{inventory}:{seat}", (seat,), 0, 1, TTL_MS)
        outcome = await client.execute(hold, request_id=hold.hold)
        committed[seat] = time.monotonic()
        if not isinstance(outcome, c.Held):
            raise SystemExit(f"{seat} was free: {outcome}")

    await client.execute(c.OpenInventory(inventory, SEAT_NAMES, 1), request_id=f"open:{inventory}")
    say(ready=True)
    while await told():
        committed.clear()
        begun = time.monotonic()
        async with asyncio.TaskGroup() as changes:
            for number in range(round(arguments.per_s * arguments.seconds)):
                await asyncio.sleep(begun + number / arguments.per_s - time.monotonic())
                changes.create_task(take(next(seats)))
        say(committed=committed)
    await client.close()


if __name__ == "__main__":
    made = parser(__doc__)
    made.add_argument("--per-s", type=float, required=True)
    made.add_argument("--seconds", type=float, required=True)
    run(main(made.parse_args()))
