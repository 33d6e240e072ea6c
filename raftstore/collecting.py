"""Collecting garbage without standing still.

Python's collector looks through everything that lives whenever enough has been made since. A node has millions of
things that live on, and makes hardly any cycles. So here collections come at fixed times instead: often through what is
new, which is little, and seldom through everything, which takes a while and is therefore left to nodes that do not
lead.
"""

import asyncio
import gc
from collections.abc import Callable

YOUNG_INTERVAL_S = 0.1
EVERYTHING_INTERVAL_S = 3_600.0


def stop_collecting() -> None:
    """Python collects nothing from here on: what is loaded next lives as long as the process."""
    gc.disable()


async def collect_garbage(is_leading: Callable[[], bool]) -> None:
    """Collect what comes from now on, until cancelled; then Python does it again by itself."""
    loop = asyncio.get_running_loop()
    everything_due_s = loop.time() + EVERYTHING_INTERVAL_S
    stop_collecting()
    gc.freeze()
    try:
        while True:
            await asyncio.sleep(YOUNG_INTERVAL_S)
            if loop.time() >= everything_due_s and not is_leading():
                everything_due_s = loop.time() + EVERYTHING_INTERVAL_S
                gc.collect()
            else:
                gc.collect(1)
    finally:
        gc.enable()
