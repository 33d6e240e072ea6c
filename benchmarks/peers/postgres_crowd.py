"""A crowd that wants one row of PostgreSQL at once, through as many connections as serve it fastest."""

import argparse
import asyncio
import time

import psycopg

from benchmarks.load.program import ready, run, say, told

# psycopg's best on two cores: with more, customers wait for the processor instead of a connection.
CONNECTIONS = 16
TAKE = "UPDATE seats SET customer = %s WHERE id = %s AND customer IS NULL"
MS_PER_S = 1_000


async def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--customers", type=int, required=True)
    arguments.add_argument("--seats", type=int, required=True)
    plan = arguments.parse_args()
    connections = [await psycopg.AsyncConnection.connect(autocommit=True) for _ in range(CONNECTIONS)]
    await rush(connections, plan.seats, plan.customers)
    await ready()
    times_ms, winners = [], []
    for seat in range(plan.seats):
        started_s = time.monotonic()
        winners.append(await rush(connections, seat, plan.customers))
        times_ms.append((time.monotonic() - started_s) * MS_PER_S)
    say(times_ms=times_ms, winners=winners)
    await told()
    for connection in connections:
        await connection.close()


async def rush(connections: list[psycopg.AsyncConnection], seat: int, customers: int) -> int:
    """Returns how many have the seat."""
    queue = iter(range(customers))

    async def serve(connection: psycopg.AsyncConnection) -> int:
        won = 0
        for customer in queue:
            cursor = await connection.execute(TAKE, (customer, seat))
            won += cursor.rowcount
        return won

    return sum(await asyncio.gather(*(serve(connection) for connection in connections)))


if __name__ == "__main__":
    run(main())
