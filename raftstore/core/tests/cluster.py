"""A cluster of cores without clock, disk or network: tests move time, finish writes and deliver messages by hand.

The state machine is the list of all entries applied so far; a snapshot is a file that stands for such a list.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from raftstore.core.effects import Effects, InstallState, Persist, Send, SendChunk
from raftstore.core.membership import NO_MEMBERS, Member, Membership
from raftstore.core.messages import InstallSnapshot, Message, SnapshotRef, VoteReply
from raftstore.core.raft import Raft
from raftstore.core.types import EMPTY_BASE, Config, Entry, EntryKind, HardState, LogBase, Role

CHUNK_BYTES = 100


@dataclass(frozen=True)
class State:
    """A state machine as of its last entry; `membership` is as of there too."""

    applied: tuple[Entry, ...]
    membership: Membership

    @property
    def base(self) -> LogBase:
        return LogBase(self.applied[-1].index, self.applied[-1].term) if self.applied else EMPTY_BASE


@dataclass
class Disk:
    """What survives a crash."""

    hard_state: HardState
    base: LogBase
    entries: list[Entry]
    checkpoint: State
    # The beginning of a snapshot that arrives.
    incoming: tuple[SnapshotRef, bytes] | None = None

    def write(self, batch: Persist) -> None:
        self.hard_state = batch.hard_state or self.hard_state
        if batch.base:
            self.base, self.entries = batch.base, []
        for entry in batch.entries:
            kept = entry.index - self.base.index - 1
            assert 0 <= kept <= len(self.entries), "the log on disk would have a gap"
            self.entries = [*self.entries[:kept], entry]

    def recover(self) -> None:
        """A log that does not hold the last entry of the checkpoint begins after it."""
        state = self.checkpoint.base
        held = {self.base, *(LogBase(entry.index, entry.term) for entry in self.entries)}
        if state not in held:
            self.base, self.entries = state, []


@dataclass
class Node:
    """A node with its disk; `unsynced` and what follows it is lost in a crash."""

    raft: Raft
    disk: Disk
    unsynced: list[Persist] = field(default_factory=list)
    held_back: list[Send] = field(default_factory=list)
    durable_seq: int = 0
    applied: list[Entry] = field(default_factory=list)
    membership: Membership = NO_MEMBERS
    reads_ready: dict[int, int] = field(default_factory=dict)
    reads_lost: list[int] = field(default_factory=list)
    snapshot: SnapshotRef | None = None
    to_install: InstallState | None = None

    @property
    def stored(self) -> list[Entry]:
        return self.disk.entries

    @property
    def hard_state(self) -> HardState:
        return self.disk.hard_state

    @property
    def state(self) -> State:
        return State(tuple(self.applied), self.membership)


def formed(nodes: Iterable[int]) -> Membership:
    """A cluster of voters, as its first leader recorded it."""
    members = tuple(Member(node, address(node), incarnation=1_000 + node) for node in sorted(nodes))
    return Membership(1_001, members, max(nodes))


def address(node: int) -> str:
    return f"node{node}:7001"


class Cluster:
    """Deterministic: node n's election timeout is always 150 + 10 n ms unless `draw` says otherwise.

    Args:
        unformed: the nodes know each other's addresses only, as when a cluster is started for the first time.
    """

    def __init__(self, size: int = 3, draw: Callable[[int, int], int] | None = None, *, unformed: bool = False) -> None:
        self.ids = set(range(1, size + 1))
        self.membership = Membership.unformed({n: address(n) for n in self.ids}) if unformed else formed(self.ids)
        self.now_ms = 0
        self._draw = draw
        self.members: dict[int, Node] = {}
        self.incarnations: dict[int, int] = {}
        self.in_flight: list[tuple[int, int, Message]] = []
        # Every entry that any node applied, by index: state-machine safety (Figure 3) is checked against it.
        self.history: dict[int, Entry] = {}
        self.leaders: dict[int, int] = {}
        self.snapshots: dict[bytes, State] = {}
        # By read id, how far the cluster had committed when it was asked.
        self.reads_asked: dict[int, int] = {}
        # A test that wants to do something while a snapshot is being installed sets it, and calls `install`.
        self.holds_installations = False
        for node in sorted(self.ids):
            self.boot(node, HardState(0, None), [])

    # --- Nodes --------------------------------------------------------------------------------------

    def boot(
        self, node: int, hard_state: HardState, entries: list[Entry], membership: Membership | None = None
    ) -> Raft:
        """Start a node with this on its disk, and nothing applied."""
        disk = Disk(hard_state, EMPTY_BASE, list(entries), State((), membership or self.membership))
        return self._start(node, disk)

    def join(self, node: int) -> Raft:
        """Start a node that waits to be added."""
        self.ids.add(node)
        return self.boot(node, HardState(0, None), [], NO_MEMBERS)

    def wipe(self, node: int) -> Raft:
        """The node loses its disk, and comes back under its old id as if it were new."""
        self.incarnations[node] += 1_000
        return self.boot(node, HardState(0, None), [])

    def crash(self, node: int) -> None:
        """Lose everything that was not synced, and start again."""
        disk = self.members[node].disk
        disk.recover()
        self._start(node, disk)

    def _start(self, node: int, disk: Disk) -> Raft:
        raft = Raft(
            Config(node, self.incarnations.setdefault(node, 1_000 + node), chunk_bytes=CHUNK_BYTES),
            hard_state=disk.hard_state,
            base=disk.base,
            entries=disk.entries,
            applied_index=disk.checkpoint.base.index,
            membership=disk.checkpoint.membership,
            draw_timeout_ms=self._draw or (lambda low, high: low + 10 * node),
            now_ms=self.now_ms,
        )
        state = disk.checkpoint
        self.members[node] = Node(raft, disk, applied=list(state.applied), membership=state.membership)
        return raft

    def raft(self, node: int) -> Raft:
        return self.members[node].raft

    @property
    def leader(self) -> int:
        """Who leads in the highest term."""
        return max((m.raft.term, n) for n, m in self.members.items() if m.raft.role is Role.LEADER)[1]

    # --- Carrying out -------------------------------------------------------------------------------

    def pump(self, node: int) -> Effects:
        """Take the node's effects: queue its writes, send what may leave, apply what is committed."""
        member = self.members[node]
        effects = member.raft.take_effects()
        if effects.persist:
            member.unsynced.append(effects.persist)
        member.held_back.extend(effects.sends)
        self._release(node)
        for entry in effects.committed:
            self._apply(member, entry)
        for ready in effects.reads_ready:
            assert ready.index >= self.reads_asked.get(ready.read_id, 0), "a read misses what was committed before it"
            member.reads_ready[ready.read_id] = ready.index
        member.reads_lost.extend(effects.reads_lost)
        if effects.role_changed and member.raft.role is Role.LEADER:
            self._check_leader(node)
        self._carry_out_snapshots(node, effects)
        return effects

    def _check_leader(self, node: int) -> None:
        raft = self.raft(node)
        assert self.leaders.setdefault(raft.term, node) == node, "two leaders in one term"
        for index, entry in self.history.items():
            if index > raft.log.base.index:
                assert raft.log.term_at(index) == entry.term, "a leader lacks what was committed before (§5.4.3)"

    def _apply(self, member: Node, entry: Entry) -> None:
        assert entry.index == len(member.applied) + 1, "an entry was applied twice, or left out"
        assert self.history.setdefault(entry.index, entry) == entry, "two nodes applied different entries"
        member.applied.append(entry)
        if entry.kind is EntryKind.CONFIG:
            member.membership = Membership.decode(entry.data)

    def _release(self, node: int) -> None:
        member = self.members[node]
        self.in_flight += [(node, s.to, s.message) for s in member.held_back if s.after <= member.durable_seq]
        member.held_back = [s for s in member.held_back if s.after > member.durable_seq]

    def _carry_out_snapshots(self, node: int, effects: Effects) -> None:
        member = self.members[node]
        if effects.snapshot_wanted:
            self.take_snapshot(node)
        for chunk in effects.chunks_to_send:
            self._send_chunk(node, chunk)
        if effects.chunk_received:
            received = effects.chunk_received
            there = member.disk.incoming
            content = there[1] if there and there[0] == received.snapshot else b""
            if received.offset == len(content):
                content += received.data
            member.disk.incoming = (received.snapshot, content)
            member.raft.chunk_received(received.sender, received.snapshot, len(content), self.now_ms)
            self.pump(node)
        if effects.install:
            assert not member.unsynced, "something is still being written"
            member.to_install = effects.install
            if not self.holds_installations:
                self.install(node)

    def _send_chunk(self, node: int, chunk: SendChunk) -> None:
        if chunk.snapshot != self.members[node].snapshot:
            self.raft(node).snapshot_gone(chunk.snapshot)
            return
        content = _file_of(self.snapshots[chunk.snapshot.checksum])
        part = content[chunk.offset : chunk.offset + chunk.length]
        self.in_flight.append((node, chunk.to, InstallSnapshot(chunk.term, chunk.snapshot, chunk.offset, part)))

    def take_snapshot(self, node: int) -> SnapshotRef:
        """Have the node make a snapshot of what it has applied."""
        member = self.members[node]
        content = _file_of(member.state)
        member.snapshot = SnapshotRef(member.state.base, len(content), hashlib.sha256(content).digest())
        self.snapshots[member.snapshot.checksum] = member.state
        member.raft.snapshot_made(member.snapshot)
        self.pump(node)
        return member.snapshot

    def install(self, node: int) -> None:
        """Finish what an InstallState asked for."""
        member = self.members[node]
        assert member.to_install
        assert member.disk.incoming
        snapshot, content = member.to_install.snapshot, member.disk.incoming[1]
        member.to_install, member.disk.incoming = None, None
        if hashlib.sha256(content).digest() != snapshot.checksum:
            member.raft.snapshot_refused(snapshot)
        else:
            state = self.snapshots[snapshot.checksum]
            member.disk.checkpoint = state
            member.applied, member.membership = list(state.applied), state.membership
            member.raft.snapshot_installed(snapshot, state.membership, self.now_ms)
        self.pump(node)

    def compact(self, node: int, index: int | None = None) -> LogBase:
        """Make a checkpoint of what is applied, and forget the log up to `index`, or as much as possible."""
        member = self.members[node]
        member.disk.checkpoint = member.state
        base = member.raft.compact(len(member.applied) if index is None else index)
        member.disk.entries = [entry for entry in member.disk.entries if entry.index > base.index]
        member.disk.base = base
        return base

    # --- Events -------------------------------------------------------------------------------------

    def sync(self, node: int) -> None:
        """Finish every write that is under way."""
        member = self.members[node]
        if member.unsynced:
            for batch in member.unsynced:
                member.disk.write(batch)
            member.durable_seq = member.unsynced[-1].seq
            member.unsynced.clear()
            member.raft.persisted(member.durable_seq, self.now_ms)
        self.pump(node)

    def deliver(self, sender: int, to: int, message: Message) -> None:
        """Unless the receiver knows another disk under the sender's id."""
        incarnation = self.incarnations.get(sender, 1_000 + sender)
        known = self.raft(to).membership.get(sender)
        if known is None or known.incarnation in (0, incarnation):
            self.raft(to).receive(sender, incarnation, message, self.now_ms)
        self.pump(to)

    def settle(self, *reachable: int) -> None:
        """Sync and deliver until nothing moves; messages from or to nodes not in `reachable` are lost."""
        among = sorted(reachable or self.ids)
        for _ in range(1_000):
            for node in among:
                self.sync(node)
            if not self.in_flight and not any(self.members[node].unsynced for node in among):
                return
            batch, self.in_flight = self.in_flight, []
            for sender, to, message in batch:
                if sender in among and to in among:
                    self.deliver(sender, to, message)
        raise AssertionError("messages never end")

    def advance(self, node: int, milliseconds: int) -> None:
        """Let time pass, as `node` alone notices."""
        self.now_ms += milliseconds
        self.raft(node).tick(self.now_ms)
        self.pump(node)

    def run(self, milliseconds: int, *reachable: int) -> None:
        """Let time pass for the reachable nodes, who talk to each other meanwhile."""
        until_ms = self.now_ms + milliseconds
        while self.now_ms < until_ms:
            self.now_ms += 10
            for node in sorted(reachable or self.ids):
                self.raft(node).tick(self.now_ms)
                self.pump(node)
            self.settle(*reachable)

    def elect(self, node: int, *reachable: int) -> None:
        """Have `node` stand and, if the others let it, win."""
        self.advance(node, 1_000)
        self.settle(*reachable)

    def stand(self, node: int, milliseconds: int = 1_000) -> None:
        """Have `node` become a candidate of the next term, as if all others had said beforehand that it may."""
        self.advance(node, milliseconds)
        self.sync(node)
        asked = [to for sender, to, message in self.in_flight if sender == node and getattr(message, "pre", False)]
        self.in_flight.clear()
        for voter in asked:
            if self.raft(node).role is Role.PRE_CANDIDATE:
                self.deliver(voter, node, VoteReply(self.raft(node).term + 1, granted=True, pre=True))

    def propose(self, node: int, *payloads: bytes) -> int:
        index = self.raft(node).propose(payloads)
        self.pump(node)
        return index

    def read(self, node: int, read_id: int) -> None:
        self.raft(node).read(read_id)
        self.reads_asked[read_id] = max(member.raft.commit_index for member in self.members.values())
        self.pump(node)

    def change(self, node: int, membership: Membership) -> int:
        """Have `node`, which leads, propose these members."""
        index = self.raft(node).propose_membership(membership, self.now_ms)
        self.pump(node)
        return index

    def add_learner(self, leader: int, node: int) -> int:
        now = self.raft(leader).membership
        return self.change(leader, now.with_learner(node, address(node), self.incarnations[node]))

    def promote(self, leader: int, node: int) -> int:
        return self.change(leader, self.raft(leader).membership.promoted(node))

    def remove(self, leader: int, node: int) -> int:
        return self.change(leader, self.raft(leader).membership.without(node))

    def transfer(self, leader: int, to: int | None = None) -> None:
        self.raft(leader).transfer(to, self.now_ms)
        self.pump(leader)


def _file_of(state: State) -> bytes:
    """A few chunks of bytes that no other state has."""
    return b"".join(b"%d@%d %s\n" % (e.index, e.term, e.data) for e in state.applied[-30:]).ljust(3 * CHUNK_BYTES)


def payloads(entries: Iterable[Entry]) -> list[bytes]:
    return [entry.data for entry in entries if entry.kind is EntryKind.COMMAND]
