"""Waiting with a bound."""

import asyncio
import contextlib


async def until_set(event: asyncio.Event, limit_ms: float) -> None:
    """Return when `event` is set, or after `limit_ms` milliseconds if it is not: which of the two, the event tells."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(limit_ms / 1000):
            await event.wait()
