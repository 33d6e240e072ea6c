"""The servers of a scenario, their disks and the network between them: what they do comes out as lines of text.

Nothing happens by itself. Time passes, messages arrive and disks finish when a step of the scenario says so, except
that a disk is instant unless it is held up. Server n's election timeouts are 150 + n ms unless it is told otherwise.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from raftstore.core.effects import Effects, Persist, Send
from raftstore.core.membership import Membership
from raftstore.core.messages import InstallSnapshot, Message, RequestVote, SnapshotRef, VoteReply
from raftstore.core.raft import Raft
from raftstore.core.types import Config, Entry, EntryKind, Role

from .disk import Disk, describe
from .notation import disk_of, snapshot_of, write_entries, write_members, write_message, write_place
from .transcript import Transcript

SNAPSHOT_BYTES = 250
CHUNK_BYTES = 100


@dataclass
class Server:
    raft: Raft
    disk: Disk
    is_down: bool = False
    held_back: list[Send] = field(default_factory=list)
    durable_seq: int = 0
    # Every configuration that was applied, by index: what a snapshot holds.
    applied_members: dict[int, Membership] = field(default_factory=dict)
    applied_index: int = 0
    has_damage: bool = False


@dataclass(frozen=True)
class Flight:
    sender: int
    to: int
    message: Message


class Stage:
    def __init__(self) -> None:
        self.now_ms = 0
        self.servers: dict[int, Server] = {}
        self.timeouts_ms: dict[int, int] = {}
        self.network: list[Flight] = []
        # Servers of different groups do not reach each other; who is in none reaches everybody.
        self.groups: list[set[int]] = []
        self.transcript = Transcript()
        self._snapshots: dict[SnapshotRef, Membership] = {}
        # State Machine Safety and Election Safety (Figure 3) hold in every scenario.
        self._applied: dict[int, Entry] = {}
        self._leaders: dict[int, int] = {}

    # --- Servers ------------------------------------------------------------------------------------

    def start(self, node: int, disk: Disk, applied_index: int = 0) -> None:
        """Begin from what is on the disk; the state machine begins at the log's base, or further on."""
        applied_index = max(applied_index, disk.base.index)
        raft = Raft(
            Config(node, disk_of(node), chunk_bytes=CHUNK_BYTES),
            hard_state=disk.hard_state,
            base=disk.base,
            entries=list(disk.entries),
            applied_index=applied_index,
            membership=disk.membership,
            draw_timeout_ms=lambda low_ms, _: self.timeouts_ms.get(node, low_ms + node),
            now_ms=self.now_ms,
        )
        server = Server(raft, disk, applied_members={disk.base.index: disk.membership}, applied_index=applied_index)
        self.servers[node] = server

    def crash(self, node: int) -> None:
        server = self.servers[node]
        server.is_down = True
        server.held_back.clear()
        server.disk.unsynced.clear()

    def restart(self, node: int) -> None:
        self.start(node, self.servers[node].disk)
        self.take_effects(node)

    def act(self, node: int, event: Callable[[Raft], object]) -> None:
        """Something happens to a server that is up; what it asks for is carried out."""
        server = self.servers[node]
        if not server.is_down:
            event(server.raft)
            self.take_effects(node)

    # --- Network ------------------------------------------------------------------------------------

    def deliver(self, flights: Iterable[Flight]) -> None:
        for flight in flights:
            if self._reach(flight.sender, flight.to):
                self.receive(flight.sender, flight.to, flight.message)

    def receive(self, sender: int, to: int, message: Message) -> None:
        self.act(to, lambda raft: raft.receive(sender, disk_of(sender), message, self.now_ms))

    def take_flights(self, sender: int | None, to: int | None) -> list[Flight]:
        """Off the network: messages of this sender to this receiver; None stands for anybody."""
        taken = [f for f in self.network if sender in (None, f.sender) and to in (None, f.to)]
        self.network = [f for f in self.network if f not in taken]
        return taken

    def take_votes(self) -> list[Flight]:
        """Off the network: what candidates ask and what they are answered."""
        taken = [f for f in self.network if isinstance(f.message, RequestVote | VoteReply)]
        self.network = [f for f in self.network if f not in taken]
        return taken

    def settle(self) -> None:
        """Deliver until no message is under way, without a word about messages."""
        with self.transcript.hiding_messages():
            for _ in range(1_000):
                if not self.network:
                    return
                self.deliver(self.take_flights(None, None))
        raise AssertionError("messages never end")

    def _reach(self, one: int, other: int) -> bool:
        groups = [group for group in self.groups if one in group or other in group]
        return all(one in group and other in group for group in groups)

    def _emit(self, sender: int, to: int, message: Message) -> None:
        self.network.append(Flight(sender, to, message))
        self.transcript.sent(sender, to, write_message(message))

    # --- Time ---------------------------------------------------------------------------------------

    def expire(self, node: int) -> None:
        """Time passes until this server has something to do; no other looks at its clock."""
        self.now_ms = max(self.now_ms, self.servers[node].raft.next_deadline_ms())
        self.act(node, lambda raft: raft.tick(self.now_ms))

    def advance(self, milliseconds: int, nodes: Iterable[int], then: Callable[[], None] = lambda: None) -> None:
        """Time passes, for these servers alone; after each that had something to do comes `then`."""
        end_ms = self.now_ms + milliseconds
        clocks = [node for node in nodes if not self.servers[node].is_down]
        while clocks:
            node = min(clocks, key=lambda node: self.servers[node].raft.next_deadline_ms())
            deadline_ms = self.servers[node].raft.next_deadline_ms()
            if deadline_ms > end_ms:
                break
            self.now_ms = max(self.now_ms, deadline_ms)
            self.act(node, lambda raft: raft.tick(self.now_ms))
            then()
        self.now_ms = end_ms

    # --- Effects ------------------------------------------------------------------------------------

    def take_effects(self, node: int) -> None:
        server = self.servers[node]
        while True:
            effects = server.raft.take_effects()
            if effects == Effects():
                break
            self._announce(node, effects)
            self._write(node, effects.persist)
            server.held_back.extend(effects.sends)
            self._release(node)
            self._apply(node, effects.committed)
            self._say_reads(node, effects)
            self._carry_snapshots(node, effects)
        self._check_leader(node)

    def sync(self, node: int) -> None:
        """The disk finishes what it has been given."""
        server = self.servers[node]
        if server.disk.unsynced:
            for batch in server.disk.unsynced:
                server.disk.write(batch)
            self._synced(node, server.disk.unsynced[-1].seq)
            server.disk.unsynced.clear()
        self.take_effects(node)

    def _announce(self, node: int, effects: Effects) -> None:
        if effects.role_changed:
            now = effects.role_changed
            behind = f" of {now.leader}" if now.role is Role.FOLLOWER and now.leader else ""
            self.transcript.did(node, f"{now.role.replace('_', '-')}{behind} in t{now.term}")
        if effects.membership:
            self.transcript.did(node, write_members(effects.membership))

    def _write(self, node: int, batch: Persist | None) -> None:
        disk = self.servers[node].disk
        if batch is None:
            return
        if disk.is_held:
            disk.unsynced.append(batch)
            self.transcript.did(node, f"writes {describe(batch)}")
        else:
            disk.write(batch)
            self._synced(node, batch.seq)

    def _synced(self, node: int, seq: int) -> None:
        server = self.servers[node]
        server.durable_seq = seq
        server.raft.persisted(seq, self.now_ms)
        self._release(node)

    def _release(self, node: int) -> None:
        server = self.servers[node]
        for send in server.held_back:
            if send.after <= server.durable_seq:
                self._emit(node, send.to, send.message)
        server.held_back = [send for send in server.held_back if send.after > server.durable_seq]

    def _apply(self, node: int, entries: tuple[Entry, ...]) -> None:
        server = self.servers[node]
        for entry in entries:
            if self._applied.setdefault(entry.index, entry) != entry:
                raise AssertionError(f"server {node} applied another entry {entry.index} than was applied before")
            if entry.kind is EntryKind.CONFIG:
                server.applied_members[entry.index] = Membership.decode(entry.data)
            server.applied_index = entry.index
        if entries:
            self.transcript.did(node, f"applied {write_entries(entries)}")

    def _say_reads(self, node: int, effects: Effects) -> None:
        for ready in effects.reads_ready:
            self.transcript.did(node, f"read r{ready.read_id} at {ready.index}")
        for read_id in effects.reads_lost:
            self.transcript.did(node, f"read r{read_id} lost")

    def _check_leader(self, node: int) -> None:
        raft = self.servers[node].raft
        if raft.role is Role.LEADER and self._leaders.setdefault(raft.term, node) != node:
            raise AssertionError(f"servers {self._leaders[raft.term]} and {node} both lead in term {raft.term}")

    # --- Snapshots ----------------------------------------------------------------------------------

    def compact(self, node: int, index: int) -> None:
        """The server's checkpoint reaches `index`, and its log begins behind it."""
        server = self.servers[node]
        base = server.raft.compact(index)
        server.disk.compact(base, self._members_at(server, base.index))
        self.transcript.did(node, f"log begins after {write_place(base.index, base.term)}")
        self.take_effects(node)

    def _take_snapshot(self, node: int) -> None:
        server = self.servers[node]
        term = server.raft.log.term_at(server.applied_index)
        ref = snapshot_of(server.applied_index, term or 0, SNAPSHOT_BYTES)
        self._snapshots[ref] = self._members_at(server, ref.base.index)
        self.transcript.did(node, f"took snapshot {write_place(ref.base.index, ref.base.term)}")
        server.raft.snapshot_made(ref)

    def _carry_snapshots(self, node: int, effects: Effects) -> None:
        server = self.servers[node]
        if effects.snapshot_wanted:
            self._take_snapshot(node)
        for chunk in effects.chunks_to_send:
            data = bytes(chunk.length)
            self._emit(node, chunk.to, InstallSnapshot(chunk.term, chunk.snapshot, chunk.offset, data))
        if effects.chunk_received:
            chunk = effects.chunk_received
            had = server.disk.received
            size = had[1] if had and had[0] == chunk.snapshot else 0
            size += len(chunk.data) if chunk.offset == size else 0
            server.disk.received = (chunk.snapshot, size)
            server.raft.chunk_received(chunk.sender, chunk.snapshot, size, self.now_ms)
        if effects.install:
            self._install(node, effects.install.snapshot)

    def _install(self, node: int, ref: SnapshotRef) -> None:
        server = self.servers[node]
        place = write_place(ref.base.index, ref.base.term)
        server.disk.received = None
        if server.has_damage:
            server.has_damage = False
            self.transcript.did(node, f"snapshot {place} is damaged")
            server.raft.snapshot_refused(ref)
            return
        membership = self._snapshots[ref]
        server.applied_index = ref.base.index
        server.applied_members[ref.base.index] = server.disk.membership = membership
        self.transcript.did(node, f"installed snapshot {place}")
        server.raft.snapshot_installed(ref, membership, self.now_ms)

    @staticmethod
    def _members_at(server: Server, index: int) -> Membership:
        return server.applied_members[max(at for at in server.applied_members if at <= index)]
