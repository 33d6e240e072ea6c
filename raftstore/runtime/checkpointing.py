"""Keeping the state machine on disk, beside the loop, and changing it for a snapshot's without mixing the two.

A machine hands its changes out once, and they belong into the file of the state they were made from. So nothing is
taken from a machine while a snapshot is being installed, and after that only from the machine that came with it.
"""

import asyncio

from raftstore.core.messages import SnapshotRef
from raftstore.core.types import LogBase
from raftstore.errors import SnapshotDamaged
from raftstore.seats.commands import SeatEvent

from .applying import Applier
from .ports import Checkpoints
from .waiting import until_set


class CheckpointKeeper:
    def __init__(self, checkpoints: Checkpoints, applier: Applier, *, interval_ms: int) -> None:
        self._checkpoints = checkpoints
        self._applier = applier
        self._interval_ms = interval_ms
        # The checkpoint is the state as of this index.
        self.index = applier.machine.applied_index
        self._wanted = asyncio.Event()
        self._saved = asyncio.Condition()
        self._lock = asyncio.Lock()
        # From when a snapshot's installation begins until its machine is here; for ever if that was cut short.
        self._file_is_replaced = False

    async def run(self) -> None:
        """Save now and then, or when somebody needs it, until cancelled.

        Raises:
            WriteFailed: the node must stop.
        """
        while True:
            await until_set(self._wanted, self._interval_ms)
            self._wanted.clear()
            await self.save()

    async def save(self) -> None:
        """Save what is applied."""
        async with self._lock:
            machine = self._applier.machine
            if machine.applied_index > self.index and not self._file_is_replaced:
                index = machine.applied_index
                await self._checkpoints.save(machine.take_changes())
                self.index = index
        await self._tell()

    async def history(self, inventory: str, seat: str, limit: int) -> list[SeatEvent]:
        """The latest `limit` events of a seat, oldest first, up to what is applied now."""
        wanted_index = self._applier.machine.applied_index
        self._wanted.set()
        async with self._saved:
            await self._saved.wait_for(lambda: self.index >= wanted_index)
        return await self._checkpoints.history(inventory, seat, limit)

    async def make_durable(self) -> LogBase:
        """Make what was saved survive a power cut. Returns what it is the state as of."""
        async with self._lock:
            return await self._checkpoints.make_durable()

    async def install(self, snapshot: SnapshotRef) -> None:
        """Replace the checkpoint and the machine by a snapshot's, between two saves; applying is held still.

        Raises:
            SnapshotDamaged: nothing was replaced.
        """
        async with self._lock:
            self._file_is_replaced = True
            try:
                machine = await self._checkpoints.install(snapshot)
            except SnapshotDamaged:
                self._file_is_replaced = False
                raise
            self._applier.replace(machine)
            self.index = machine.applied_index
            self._file_is_replaced = False
        await self._tell()

    async def _tell(self) -> None:
        async with self._saved:
            self._saved.notify_all()
