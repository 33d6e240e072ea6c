"""One node, composed of the real parts: system clock, files, gRPC. The simulator composes the same node of others."""

import asyncio
import contextlib
import dataclasses
import logging
import os
import random
import secrets
import signal
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from raftstore.collecting import collect_garbage, stop_collecting
from raftstore.core.membership import Membership
from raftstore.core.messages import SnapshotRef
from raftstore.core.types import Config, Entry, HardState, LogBase, Role
from raftstore.errors import ConfigurationError, RaftstoreError, StorageError, WriteFailed
from raftstore.runtime.limits import Limits
from raftstore.runtime.node import Node
from raftstore.seats.commands import SeatEvent
from raftstore.seats.machine import Changes, SeatMachine
from raftstore.server.metrics import Metrics
from raftstore.server.metrics_page import metrics_page
from raftstore.server.serving import check_protected, report_health, start_server
from raftstore.storage.files import RealDirectory
from raftstore.storage.identity import INCARNATION_BITS
from raftstore.storage.node_directory import NodeDirectory
from raftstore.transport.peers import GrpcNetwork
from raftstore.transport.security import Security

log = logging.getLogger("raftstore")

SHUTDOWN_GRACE_S = 1.0
# Handing over and saving the state; a disk that hangs must not keep the process from ending.
STOP_LIMIT_S = 10.0
# What the disk was asked for before; for each of its threads.
CLOSE_LIMIT_S = 3.0
EXIT_FAILED = 1

T = TypeVar("T")


class SystemClock:
    def monotonic_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000

    def wall_ms(self) -> int:
        return time.time_ns() // 1_000_000


class LogThread:
    """The log on a thread of its own, so that a sync never stops the loop."""

    def __init__(self, directory: NodeDirectory) -> None:
        self._directory = directory
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="log")

    async def append(self, hard_state: HardState | None, entries: Sequence[Entry], base: LogBase | None) -> None:
        await _on(self._thread, lambda: self._directory.append(hard_state, entries, base))

    async def compact(self, base: LogBase) -> None:
        await _on(self._thread, lambda: self._directory.compact(base))

    @property
    def log_bytes(self) -> int:
        return self._directory.log_bytes

    def free_bytes(self) -> int:
        return self._directory.free_bytes()

    def close(self) -> bool:
        """As `_end`."""
        return _end(self._thread)


class CheckpointThread:
    """The checkpoint and its snapshots on a thread of their own."""

    def __init__(self, directory: NodeDirectory) -> None:
        self._directory = directory
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="checkpoint")

    async def save(self, changes: Changes) -> None:
        await _on(self._thread, lambda: self._directory.save(changes))

    async def make_durable(self) -> LogBase:
        return await _on(self._thread, self._directory.make_durable)

    async def history(self, inventory: str, seat: str, limit: int) -> list[SeatEvent]:
        return await _on(self._thread, lambda: self._directory.history(inventory, seat, limit))

    async def take_snapshot(self) -> SnapshotRef:
        return await _on(self._thread, self._directory.take_snapshot)

    async def drop_snapshot(self, snapshot: SnapshotRef) -> None:
        await _on(self._thread, lambda: self._directory.drop_snapshot(snapshot))

    async def read_chunk(self, snapshot: SnapshotRef, offset: int, length: int) -> bytes:
        return await _on(self._thread, lambda: self._directory.read_chunk(snapshot, offset, length))

    async def receive_chunk(self, snapshot: SnapshotRef, offset: int, data: bytes) -> int:
        return await _on(self._thread, lambda: self._directory.receive_chunk(snapshot, offset, data))

    async def install(self, snapshot: SnapshotRef) -> SeatMachine:
        return await _on(self._thread, lambda: self._directory.install(snapshot))

    async def fence(self, reason: str) -> None:
        await _on(self._thread, lambda: self._directory.fence(reason))

    def close(self) -> bool:
        """As `_end`."""
        return _end(self._thread)


async def _on(thread: ThreadPoolExecutor, call: Callable[[], T]) -> T:
    """Have the call made there. Once asked for it is made, even if whoever waits for it is cancelled."""
    return await asyncio.shield(asyncio.wrap_future(thread.submit(call)))


def _end(thread: ThreadPoolExecutor) -> bool:
    """Let the thread do what it was asked for, and end. Returns False if it hangs instead."""
    try:
        thread.submit(lambda: None).result(CLOSE_LIMIT_S)
    except TimeoutError:
        return False
    thread.shutdown()
    return True


async def serve(
    config: Config,
    *,
    address: str,
    bootstrap: Membership,
    data: Path,
    security: Security | None = None,
    metrics_address: str | None = None,
    limits: Limits | None = None,
) -> int:
    """Run a node until SIGTERM or SIGINT. Returns the process's exit code.

    Args:
        config: its incarnation is found in, or drawn for, the data directory.
        address: where this node answers, for other machines only with `security`.
        bootstrap: whom to form a cluster with if the data directory is new; NO_MEMBERS to be taken in by one.
        metrics_address: where Prometheus may ask, if at all.

    Raises:
        ConfigurationError: an address is in use, needs TLS, or is not where the cluster looks for this node; the
            directory is another node's.
        StorageError: the node cannot start from what is on its disk.
    """
    check_protected(address, security)
    limits = limits or Limits()
    # Drawn with every message of a leader, so not from the system each time; no two nodes may draw alike.
    draw = random.Random(secrets.randbits(128))
    try:
        found = RealDirectory(data)
    except OSError as error:
        raise StorageError(f"{data} cannot be used: {error}") from error
    stop_collecting()
    directory, opened = NodeDirectory.open(
        found,
        node=config.node,
        draw_incarnation=lambda: draw.randrange(1, 1 << INCARNATION_BITS),
        reserve_bytes=limits.disk_reserve_bytes,
    )
    for warning in opened.warnings:
        log.warning("event=recovered warning=%s", warning)
    disk, checkpoints = LogThread(directory), CheckpointThread(directory)
    try:
        network = GrpcNetwork(security)
        node = Node(
            dataclasses.replace(config, incarnation=opened.identity.incarnation),
            recovered=opened.recovered,
            machine=opened.machine,
            fenced=opened.fenced,
            bootstrap=bootstrap,
            address=address,
            clock=SystemClock(),
            disk=disk,
            checkpoints=checkpoints,
            network=network,
            draw_timeout_ms=draw.randint,
            limits=limits,
        )
        del opened
        _check_address(node.raft.membership, config.node, address)
        return await _serve_until_told_to_stop(node, network, security, metrics_address)
    finally:
        if not (checkpoints.close() and disk.close()):
            _exit_at_once()
        directory.close()


def _check_address(membership: Membership, node: int, address: str) -> None:
    """The other nodes look for this one where the log says, and so would hear nothing of it anywhere else."""
    member = membership.by_node.get(node)
    if member is not None and member.address != address:
        raise ConfigurationError(
            f"in its cluster node {node} answers at {member.address}, not at {address}: start it there; "
            "to move it, replace it by a new node (members replace)"
        )


def _exit_at_once() -> NoReturn:
    """End though a thread waits for the disk, as the interpreter would too. No more is lost than in a power cut."""
    log.error("event=ended_at_once reason=disk_hangs limit_s=%g", CLOSE_LIMIT_S)
    logging.shutdown()
    os._exit(EXIT_FAILED)


async def _serve_until_told_to_stop(
    node: Node, network: GrpcNetwork, security: Security | None, metrics_address: str | None
) -> int:
    broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def fail(error: WriteFailed) -> None:
        if not broken.done():
            broken.set_exception(error)

    server, health = await start_server(node, node.address, security=security, fail=fail)
    log.info(
        "event=serving address=%s incarnation=%d last_index=%d",
        node.address,
        node.config.incarnation,
        node.raft.log.last_index,
    )
    exit_code = 0
    try:
        async with contextlib.AsyncExitStack() as stack:
            if metrics_address:
                metrics = Metrics(node.status, node.counters, security)
                await stack.enter_async_context(metrics_page(metrics_address, metrics.text, security))
            collecting = collect_garbage(lambda: node.raft.role is Role.LEADER)
            parts = node.run(), network.run(), report_health(node, health), collecting, _raised(broken)
            await _run(*parts, until=_told_to_stop(node))
    except* RaftstoreError as failures:
        for failure in failures.exceptions:
            log.critical("event=failed reason=%s", failure)
        exit_code = EXIT_FAILED
    finally:
        await server.stop(SHUTDOWN_GRACE_S)
        await _let_calls_end()
    return exit_code


async def _raised(failure: "asyncio.Future[None]") -> None:
    await failure


async def _let_calls_end() -> None:
    """The server does not wait for the last steps of calls that it cut off; cancelled, each would print a traceback."""
    if calls := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(calls, timeout=SHUTDOWN_GRACE_S)


async def _told_to_stop(node: Node) -> None:
    """Wait for a signal, then leave the cluster in order, while everything still runs."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    await told.wait()
    log.info("event=stopping")
    try:
        async with asyncio.timeout(STOP_LIMIT_S):
            await node.stop()
    except TimeoutError:
        log.error("event=not_saved reason=disk_hangs limit_s=%g", STOP_LIMIT_S)


async def _run(*parts: Coroutine[Any, Any, None], until: Coroutine[Any, Any, None]) -> None:
    """Run the parts until `until` is done; the first that fails ends them all and raises its error."""
    tasks = [asyncio.ensure_future(part) for part in (*parts, until)]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for task in done:
        task.result()
