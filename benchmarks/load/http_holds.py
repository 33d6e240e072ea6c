"""Customers who hold seats by REST, each a seat of its own, or ask an empty view as often as they are answered."""

import argparse
import asyncio
import itertools
import json
import time
from pathlib import Path

from benchmarks.load.http_customers import Connection, Refused
from benchmarks.load.program import ready, run, say, told
from benchmarks.measuring.comparing import percentile

MS_PER_S = 1_000


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", required=True)
    parser.add_argument("--tokens", type=Path, required=True, help="a JSON list; each request is the next customer's")
    parser.add_argument("--seats", type=Path, help="a JSON list of [inventory, seat]; each request holds the next")
    parser.add_argument("--connections", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    plan = parser.parse_args()
    tokens = itertools.cycle(json.loads(plan.tokens.read_text()))
    seats = iter(json.loads(plan.seats.read_text())) if plan.seats else itertools.repeat(None)
    wanted_status = 201 if plan.seats else 200
    times_ms: list[float] = []
    connections = [Connection("127.0.0.1", plan.port) for _ in range(plan.connections)]

    async def customers(connection: Connection, ends_s: float) -> None:
        while time.monotonic() < ends_s:
            seat = next(seats)
            body = {"inventory": seat[0], "seats": [seat[1]]} if seat else {}
            started_s = time.monotonic()
            answer = await connection.post(plan.path, body, token=next(tokens))
            if answer.status != wanted_status:
                raise Refused(f"{answer.status}: {answer.body!r}")
            times_ms.append((time.monotonic() - started_s) * MS_PER_S)

    async def load(seconds: float) -> float:
        times_ms.clear()
        started_s = time.monotonic()
        await asyncio.gather(*(customers(connection, started_s + seconds) for connection in connections))
        return len(times_ms) / (time.monotonic() - started_s)

    await load(plan.seconds / 5)
    await ready()
    per_s = await load(plan.seconds)
    say(per_s=per_s, p50_ms=percentile(times_ms, 50), p99_ms=percentile(times_ms, 99))
    await told()


if __name__ == "__main__":
    run(main())
