"""How does a coroutine begin at once, without a task that waits for its turn on the loop? As Python 3.12's eager tasks.

Sending a frame to a socket that can take it never waits, and a task for each of thousands of sockets would cost more
than the sending itself.
"""

import asyncio
import types
from collections.abc import Callable, Coroutine, Generator
from functools import partial
from typing import Any


def begin(coroutine: Coroutine[Any, Any, None]) -> "asyncio.Task[None] | None":
    """Run it to the first thing that it waits for. Returns a task with the rest; None if it is done already.

    Raises whatever it raises until then.
    """
    try:
        awaited = coroutine.send(None)
    except StopIteration:
        return None
    return asyncio.ensure_future(_rest(coroutine, awaited))


@types.coroutine
def _rest(coroutine: Coroutine[Any, Any, None], awaited: object) -> Generator[Any, Any, None]:
    """What `await coroutine` would do from its second step on."""
    while True:
        step: Callable[[], object]
        try:
            answer = yield awaited
        except BaseException as error:
            step = partial(coroutine.throw, error)
        else:
            step = partial(coroutine.send, answer)
        try:
            awaited = step()
        except StopIteration:
            return
