"""Which node does a client talk to? The leader as far as it knows, and round them all until it is found."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from raftstore.errors import StoreUnavailable

from .connector import TryElsewhere

T = TypeVar("T")

QUESTION_ATTEMPT_LIMIT_S = 1.5
RETRY_PAUSE_MIN_S = 0.010
RETRY_PAUSE_MAX_S = 0.050


class LeaderFinder:
    """The address to talk to next.

    Args:
        addresses: where nodes are known to answer, at least one. A node's word leads to others too: members change.
        chance: where to begin, and how long to pause.
    """

    def __init__(self, addresses: Sequence[str], chance: random.Random) -> None:
        self._addresses = list(addresses)
        self._chance = chance
        self._position = chance.randrange(len(self._addresses))
        self.address = self._addresses[self._position]
        self._pause_s = RETRY_PAUSE_MIN_S

    def answered(self) -> None:
        self._pause_s = RETRY_PAUSE_MIN_S

    async def look_elsewhere(self, failed: str, hint: str) -> None:
        """Turn to the hinted address, or go round; with a growing pause, for an election takes its time."""
        if self.address == failed:
            if failed in self._addresses:
                self._position = self._addresses.index(failed)
            if hint and hint != failed:
                self.address = hint
            else:
                self._position = (self._position + 1) % len(self._addresses)
                self.address = self._addresses[self._position]
        await asyncio.sleep(self._pause_s * self._chance.uniform(0.5, 1.0))
        self._pause_s = min(RETRY_PAUSE_MAX_S, self._pause_s * 1.5)

    async def ask(self, question: Callable[[str], Awaitable[T]], deadline_s: float) -> T:
        """Put a question to an address, and to others until one answers.

        Raises:
            StoreUnavailable: none did within `deadline_s`.
        """
        reason = ""
        try:
            async with asyncio.timeout(deadline_s):
                while True:
                    address = self.address
                    try:
                        return await self._ask_once(question, address)
                    except TryElsewhere as elsewhere:
                        reason = str(elsewhere)
                        await self.look_elsewhere(address, elsewhere.address)
        except TimeoutError:
            raise StoreUnavailable(f"no answer within {deadline_s:g} s; the last node said: {reason}") from None

    async def _ask_once(self, question: Callable[[str], Awaitable[T]], address: str) -> T:
        try:
            async with asyncio.timeout(QUESTION_ATTEMPT_LIMIT_S):
                reply = await question(address)
        except TimeoutError as error:
            raise TryElsewhere(reason="nothing") from error
        self.answered()
        return reply
