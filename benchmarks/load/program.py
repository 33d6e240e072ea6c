"""What the load generators share: what they are told, how they speak, and seats to ask for."""

import argparse
import asyncio
import gc
import json
import sys
from collections.abc import Coroutine, Iterator
from typing import Any

from raftstore.async_client import AsyncSeatStoreClient
from raftstore.seats import commands as c

# As many as a big hall or a long train has; the seats of all are named alike, as those of a train are every day.
SEATS_PER_INVENTORY = 5_000
TTL_MS = 3_600_000
SEAT_NAMES = tuple(f"A-{number}" for number in range(SEATS_PER_INVENTORY))


def parser(text: str | None) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=text)
    made.add_argument("--addresses", required=True, help="of the store's nodes, separated by commas")
    made.add_argument("--name", required=True, help="what inventories and request ids begin with; used only once")
    return made


def run(program: Coroutine[Any, Any, None]) -> None:
    asyncio.run(program)


def say(**answer: object) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


async def told() -> str:
    """The next line of the input, without its end; empty when there is no more."""
    return (await asyncio.to_thread(sys.stdin.readline)).strip()


async def ready() -> None:
    """Say so, and wait until told to go."""
    # What was made until now stays: without this, collecting garbage would walk through it during the measurement.
    gc.collect()
    gc.freeze()
    say(ready=True)
    await told()


async def open_seats(client: AsyncSeatStoreClient, name: str, count: int) -> Iterator[tuple[str, str]]:
    """Put at least `count` seats on sale. Returns them, each as inventory and seat."""
    inventories = [f"{name}-{number}" for number in range(-(-count // SEATS_PER_INVENTORY))]
    for inventory in inventories:
        outcome = await client.execute(c.OpenInventory(inventory, SEAT_NAMES, 1), request_id=f"open:{inventory}")
        if not isinstance(outcome, c.Opened):
            raise SystemExit(f"{inventory} is not on sale: {outcome}")
    return ((inventory, seat) for inventory in inventories for seat in SEAT_NAMES)


async def reserve(client: AsyncSeatStoreClient, inventory: str, seat: str) -> None:
    """Hold one free seat; its hold is named `inventory:seat`."""
    request_id = f"{inventory}:{seat}"
    outcome = await client.execute(c.Hold(inventory, request_id, (seat,), 0, 1, TTL_MS), request_id=request_id)
    if type(outcome) is not c.Held:
        raise SystemExit(f"{seat} in {inventory} was free: {outcome}")
