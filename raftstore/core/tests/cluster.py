"""A cluster of cores without clock, disk or network: tests move time, finish writes and deliver messages by hand."""

from collections.abc import Callable
from dataclasses import dataclass, field

from raftstore.core.effects import Effects, Persist, Send
from raftstore.core.messages import Message
from raftstore.core.raft import Raft
from raftstore.core.types import Config, Entry, HardState, Role


@dataclass
class Member:
    """A node with its disk: `stored` is what survives a crash, `unsynced` what does not."""

    raft: Raft
    hard_state: HardState
    stored: list[Entry]
    unsynced: list[Persist] = field(default_factory=list)
    held_back: list[Send] = field(default_factory=list)
    durable_seq: int = 0
    applied: list[Entry] = field(default_factory=list)
    reads_ready: dict[int, int] = field(default_factory=dict)
    reads_lost: list[int] = field(default_factory=list)

    def sync(self) -> None:
        """Finish every write that is under way."""
        for batch in self.unsynced:
            self.hard_state = batch.hard_state or self.hard_state
            for entry in batch.entries:
                self.stored = [*self.stored[: entry.index - 1], entry]
            self.durable_seq = batch.seq
        self.unsynced.clear()


class Cluster:
    """Deterministic: node n's election timeout is always 150 + n ms unless `draw` says otherwise."""

    def __init__(self, size: int = 3, draw: Callable[[int, int], int] | None = None) -> None:
        self.ids = frozenset(range(1, size + 1))
        self.now_ms = 0
        self._draw = draw
        self.members: dict[int, Member] = {}
        self.in_flight: list[tuple[int, int, Message]] = []
        # Every entry that any node applied, by index: state-machine safety (Figure 3) is checked against it.
        self.history: dict[int, Entry] = {}
        self.leaders: dict[int, int] = {}
        for node in sorted(self.ids):
            self.boot(node, HardState(0, None), [])

    def boot(self, node: int, hard_state: HardState, entries: list[Entry]) -> None:
        raft = Raft(
            Config(node, self.ids),
            hard_state=hard_state,
            entries=entries,
            applied_index=0,
            draw_timeout_ms=self._draw or (lambda low, high: low + node),
            now_ms=self.now_ms,
        )
        self.members[node] = Member(raft, hard_state, list(entries))

    def crash(self, node: int) -> None:
        """Lose everything that was not synced, and start again."""
        member = self.members[node]
        terms_before = member.hard_state.term
        self.boot(node, member.hard_state, member.stored)
        assert self.raft(node).term >= terms_before

    def raft(self, node: int) -> Raft:
        return self.members[node].raft

    def pump(self, node: int) -> Effects:
        """Take the node's effects: queue its writes, send what may leave, apply what is committed."""
        member = self.members[node]
        effects = member.raft.take_effects()
        if effects.persist:
            member.unsynced.append(effects.persist)
        member.held_back.extend(effects.sends)
        self._release(node)
        for entry in effects.committed:
            assert self.history.setdefault(entry.index, entry) == entry, "two nodes applied different entries"
            member.applied.append(entry)
        member.reads_ready.update({ready.read_id: ready.index for ready in effects.reads_ready})
        member.reads_lost.extend(effects.reads_lost)
        if member.raft.role is Role.LEADER:
            assert self.leaders.setdefault(member.raft.term, node) == node, "two leaders in one term"
        return effects

    def sync(self, node: int) -> None:
        member = self.members[node]
        if member.unsynced:
            member.sync()
            member.raft.persisted(member.durable_seq, self.now_ms)
        self.pump(node)

    def deliver(self, sender: int, to: int, message: Message) -> None:
        self.raft(to).receive(sender, message, self.now_ms)
        self.pump(to)

    def settle(self, *reachable: int) -> None:
        """Sync and deliver until nothing moves; messages from or to nodes not in `reachable` are lost."""
        among = set(reachable or self.ids)
        for _ in range(1_000):
            for node in among:
                self.sync(node)
            if not self.in_flight:
                return
            batch, self.in_flight = self.in_flight, []
            for sender, to, message in batch:
                if {sender, to} <= among:
                    self.deliver(sender, to, message)
        raise AssertionError("messages never end")

    def advance(self, node: int, milliseconds: int) -> None:
        """Let time pass, as `node` alone notices."""
        self.now_ms += milliseconds
        self.raft(node).tick(self.now_ms)
        self.pump(node)

    def elect(self, node: int, *reachable: int) -> None:
        """Have `node` stand and, if the others let it, win."""
        self.advance(node, 1_000)
        self.settle(*reachable)

    def propose(self, node: int, *payloads: bytes) -> int:
        index = self.raft(node).propose(payloads)
        self.pump(node)
        return index

    def _release(self, node: int) -> None:
        member = self.members[node]
        self.in_flight += [(node, s.to, s.message) for s in member.held_back if s.after <= member.durable_seq]
        member.held_back = [s for s in member.held_back if s.after > member.durable_seq]


def payloads(entries: list[Entry]) -> list[bytes]:
    return [entry.data for entry in entries if entry.data]
