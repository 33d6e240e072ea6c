"""What do visitors of waiting rooms do, and those who open them? A few of them, so that they meet each other often."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from random import Random
from typing import Final

from raftstore.errors import OutcomeUnknown, StoreOverloaded, StoreUnavailable
from raftstore.queries import Queries
from raftstore.seats import commands as c
from raftstore.seats import gate_commands as g
from raftstore.session import Session
from raftstore.transport import codec

from .recorder import Recorder

VISITORS: Final = tuple(f"v{number}" for number in range(12))
SEED: Final = "drawn beforehand"
LIMIT: Final = 8


class Visits:
    """
    Args:
        committed_index: as in clients.Program.
    """

    def __init__(self, inventories: Sequence[str], recorder: Recorder, committed_index: Callable[[], int]) -> None:
        self._inventories = inventories
        self._recorder = recorder
        self._committed_index = committed_index

    async def go_on(
        self, session: Session, queries: Queries, request_id: str, random: Random, deadline_s: float
    ) -> None:
        """One command at some waiting room, or a look at it."""
        inventory = random.choice(self._inventories)
        if random.random() < 0.2:
            await self._look(queries, inventory, random.choice(VISITORS), deadline_s)
            return
        request = c.Request(request_id, _draw_command(random, inventory))
        try:
            outcome = await session.submit(codec.encode_request(request), deadline_s)
        except (StoreUnavailable, StoreOverloaded):
            self._recorder.checks.nothing_happened(request_id)
        except OutcomeUnknown:
            pass
        else:
            self._recorder.decided_at_gate(request_id, outcome)

    async def _look(self, queries: Queries, inventory: str, visitor: str, deadline_s: float) -> None:
        floor_index = self._committed_index()
        try:
            found = await queries.gate(inventory, visitor, stale=False, deadline_s=deadline_s)
        except StoreUnavailable:
            return
        self._recorder.checks.read_at_gate(inventory, found[0] if found else None, floor_index=floor_index)


def _draw_command(random: Random, inventory: str) -> g.GateCommand:
    match random.choices(("join", "leave", "admit", "open", "reveal", "close"), (50, 10, 20, 10, 8, 2))[0]:
        case "join":
            return g.JoinGate(inventory, random.choice(VISITORS))
        case "leave":
            return g.LeaveGate(inventory, random.choice(VISITORS))
        case "admit":
            return g.AdmitNext(inventory, random.choice((1, 1, 2, 5)), random.choice((100, 400, 2_000)))
        case "open":
            limit = random.choice((LIMIT, LIMIT, LIMIT, LIMIT + 1))
            return g.OpenGate(inventory, sha256(SEED.encode()).hexdigest(), random.choice((1, 2)), limit)
        case "reveal":
            return g.RevealGate(inventory, random.choice((SEED, SEED, SEED, "another")))
        case _:
            return g.CloseGate(inventory)
