"""A rush by REST: many customers, fewer seats. Each picks a seat at random, tries another if it is gone, and pays.

What one is told, the next one sees, as on a live map: seats that are known to be taken are not picked again. So many
customers are in the shop at once; the others wait outside.
"""

import argparse
import asyncio
import json
import random
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

from benchmarks.load.http_customers import Connection, Refused
from benchmarks.load.program import ready, run, say, told
from benchmarks.measuring.comparing import percentile

MS_PER_S = 1_000
NEXT_YEAR = time.gmtime().tm_year + 1
CARD = {"number": "4242424242424242", "exp_month": 12, "exp_year": NEXT_YEAR, "cvc": "123"}


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--tokens", type=Path, required=True, help="a JSON list, one for each customer")
    parser.add_argument("--sale", type=Path, required=True, help="a JSON list: an inventory, and a list of its seats")
    parser.add_argument("--warm-up", type=Path, required=True, help="the same, of what is sold before it begins")
    parser.add_argument("--at-once", type=int, required=True, help="how many customers are in the shop")
    plan = parser.parse_args()
    tokens = json.loads(plan.tokens.read_text())
    await Rush(plan.port, *json.loads(plan.warm_up.read_text())).sell(tokens, plan.at_once)
    rush = Rush(plan.port, *json.loads(plan.sale.read_text()))
    await ready()
    elapsed_s = await rush.sell(tokens, plan.at_once)
    say(
        orders_per_s=rush.orders / elapsed_s,
        orders=rush.orders,
        conflicts=rush.conflicts,
        p50_ms=percentile(rush.times_ms, 50),
        p99_ms=percentile(rush.times_ms, 99),
    )
    await told()


class Rush:
    def __init__(self, port: int, inventory: str, seats: list[str]) -> None:
        self._port = port
        self._inventory = inventory
        self._free = seats
        # What idempotency keys begin with: a customer comes again in the next run.
        self._name = uuid.uuid4()
        self._chance = random.Random(0)
        self.times_ms: list[float] = []
        self.orders = 0
        self.conflicts = 0

    async def sell(self, tokens: Sequence[str], at_once: int) -> float:
        """Until no seat is left or nobody waits. Returns how long that took."""
        started_s = time.monotonic()
        waiting = enumerate(tokens)
        await asyncio.gather(*(self._let_in(waiting) for _ in range(at_once)))
        return time.monotonic() - started_s

    async def _let_in(self, waiting: "enumerate[str]") -> None:
        """One customer after another, on one connection."""
        connection = Connection("127.0.0.1", self._port)
        for number, token in waiting:
            await self._buy(connection, number, token)
        connection.close()

    async def _buy(self, connection: Connection, number: int, token: str) -> None:
        attempt = 0
        while self._free:
            attempt += 1
            seat = self._chance.choice(self._free)
            wanted = {"inventory": self._inventory, "seats": [seat]}
            status, hold = await self._post(
                connection, "/api/v1/holds/", wanted, token, f"{self._name}:hold:{number}:{attempt}"
            )
            if seat in self._free:
                self._free.remove(seat)
            if status == 409:
                self.conflicts += 1
                continue
            paid = {"order": hold["order"], "card": CARD}
            await self._post(connection, "/api/v1/payments/", paid, token, f"{self._name}:pay:{number}")
            self.orders += 1
            return

    async def _post(
        self, connection: Connection, path: str, body: object, token: str, key: str
    ) -> tuple[int, dict[str, str]]:
        started_s = time.monotonic()
        answer = await connection.post(path, body, token=token, key=key)
        self.times_ms.append((time.monotonic() - started_s) * MS_PER_S)
        told_taken = answer.status == 409 and answer.json()["code"] == "seats-taken"
        if answer.status != 201 and not told_taken:
            raise Refused(f"{answer.status}: {answer.body!r}")
        return answer.status, answer.json()


if __name__ == "__main__":
    run(main())
