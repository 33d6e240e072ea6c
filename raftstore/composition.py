"""One node, composed of the real parts: system clock, files, gRPC. The simulator composes the same node of others."""

import asyncio
import gc
import logging
import random
import signal
import time
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from raftstore.core.types import Config, Entry, HardState
from raftstore.errors import ConfigurationError, RaftstoreError
from raftstore.runtime.node import Node
from raftstore.seats.commands import SeatEvent
from raftstore.seats.machine import Changes
from raftstore.server import report_health, start_server
from raftstore.storage.checkpoint import Checkpoint
from raftstore.storage.wal import WriteAheadLog
from raftstore.transport.peers import GrpcNetwork

log = logging.getLogger("raftstore")

SHUTDOWN_GRACE_S = 1.0
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")


class SystemClock:
    def monotonic_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000

    def wall_ms(self) -> int:
        return time.time_ns() // 1_000_000


class LogThread:
    """The log on a thread of its own, so that a sync never stops the loop."""

    def __init__(self, wal: WriteAheadLog) -> None:
        self._wal = wal
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="log")

    async def append(self, hard_state: HardState | None, entries: Sequence[Entry]) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, lambda: self._wal.append(hard_state=hard_state, entries=entries))

    def close(self) -> None:
        self._thread.shutdown()
        self._wal.close()


class CheckpointThread:
    """The checkpoint on a thread of its own: SQLite's one connection lives there."""

    def __init__(self, checkpoint: Checkpoint, thread: ThreadPoolExecutor) -> None:
        self._checkpoint = checkpoint
        self._thread = thread

    async def save(self, changes: Changes) -> None:
        job = self._thread.submit(self._checkpoint.save, changes)
        await asyncio.shield(asyncio.wrap_future(job))

    async def history(self, inventory: str, seat: str, limit: int) -> list[SeatEvent]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._checkpoint.history, inventory, seat, limit)

    def close(self) -> None:
        self._thread.submit(self._checkpoint.close).result()
        self._thread.shutdown()


async def serve(config: Config, addresses: dict[int, str], data: Path) -> int:
    """Run a node until SIGTERM or SIGINT. Returns the process's exit code.

    Raises:
        ConfigurationError: the address is not a loopback one, or is in use.
        DataDirectoryInUse, LogDamaged, CheckpointUnreadable: the node cannot start from what is on its disk.
    """
    address = addresses[config.node]
    if address.rpartition(":")[0] not in LOOPBACK_HOSTS:
        raise ConfigurationError(f"{address}: nodes speak without encryption, so only loopback addresses are served")
    data.mkdir(parents=True, exist_ok=True)
    wal, recovered = WriteAheadLog.open(data, node=config.node)
    if recovered.torn_bytes:
        log.warning("cut %d bytes of an unfinished write off the end of the log", recovered.torn_bytes)
    disk = LogThread(wal)
    thread = ThreadPoolExecutor(1, thread_name_prefix="checkpoint")
    checkpoint, machine = thread.submit(Checkpoint.open, data).result()
    checkpoints = CheckpointThread(checkpoint, thread)
    network = GrpcNetwork(config.node, addresses)
    node = Node(
        config,
        hard_state=recovered.hard_state,
        entries=recovered.entries,
        machine=machine,
        addresses=addresses,
        clock=SystemClock(),
        disk=disk,
        checkpoints=checkpoints,
        network=network,
        draw_timeout_ms=random.SystemRandom().randint,
    )
    # What was loaded lives as long as the process: without this, collecting garbage walks through all of it each time.
    gc.collect()
    gc.freeze()
    server, health = await start_server(node, address, lambda: wal.size_bytes)
    log.info("serving address=%s data=%s last_index=%d", address, data, node.raft.log.last_index)
    exit_code = 0
    try:
        await _until_told_to_stop(node.run(), network.run(), report_health(node, health))
        await node.save_checkpoint()
    except* RaftstoreError as failures:
        for failure in failures.exceptions:
            log.critical("this node cannot go on: %s", failure)
        exit_code = 1
    finally:
        await server.stop(SHUTDOWN_GRACE_S)
        checkpoints.close()
        disk.close()
    return exit_code


async def _until_told_to_stop(*parts: Coroutine[None, None, None]) -> None:
    """Run the parts until a signal; the first that fails ends them all and raises its error."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    tasks = [asyncio.ensure_future(part) for part in (*parts, stop.wait())]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for task in done:
        task.result()
