"""What each step of a scenario does; scenario.py lists the steps."""

import re
from collections.abc import Callable, Sequence

from raftstore.core.membership import NO_MEMBERS, Member, Membership
from raftstore.core.raft import Raft
from raftstore.core.refusals import ChangeRefused, NotLeader
from raftstore.core.types import EMPTY_BASE, Entry, EntryKind, HardState, LogBase, Role

from .disk import Disk
from .notation import Unreadable, address_of, disk_of, membership_of, read_message, write_members, write_place
from .stage import Flight, Stage


class Director:
    """Has the stage do what the steps say."""

    def __init__(self) -> None:
        self.stage = Stage()
        self._delayed: dict[str, list[Flight]] = {}

    def carry_out(self, command: str) -> list[str]:
        for pattern, act in _COMMANDS:
            if found := re.fullmatch(pattern, command):
                try:
                    shown = act(self, *found.groups())
                except (NotLeader, ChangeRefused) as refusal:
                    shown = [f"refused: {refusal}"]
                return [*self.stage.transcript.take(), *(shown or [])]
        raise Unreadable("no such command")

    # Servers

    def cluster(self, new: str | None, voters: str, learners: str | None, outside: str | None) -> None:
        self.stage, self._delayed = Stage(), {}
        membership = membership_of(_nodes(voters), _nodes(learners), **({"cluster": 0} if new else {}))
        for node in sorted(membership.by_node):
            self.stage.start(node, Disk(membership=membership))
        for node in _nodes(outside):
            self.stage.start(node, Disk(membership=NO_MEMBERS))

    def disk(self, node: str, description: str) -> None:
        base, terms, given = EMPTY_BASE, [], {}
        for item in description.split(", "):
            name, _, value = item.partition(" ")
            if name == "base":
                base = LogBase(*map(int, value.split("@")))
            elif name == "log":
                terms = [int(term) for term in value.split()]
            elif name in ("term", "vote", "applied"):
                given[name] = int(value)
            else:
                raise Unreadable(f"a disk has no {name!r}")
        entries = [Entry(index, term, EntryKind.COMMAND, b"") for index, term in enumerate(terms, base.index + 1)]
        hard_state = HardState(given.get("term", max([base.term, *terms])), given.get("vote"))
        membership = self.stage.servers[int(node)].disk.membership
        self.stage.start(int(node), Disk(hard_state, base, membership, entries), given.get("applied", 0))

    def show(self, nodes: str | None) -> list[str]:
        return _table([_row(self.stage, node) for node in _nodes(nodes) or self.stage.servers])

    def members(self, node: str) -> list[str]:
        raft = self._raft(node)
        origin = f" since {raft.membership_index}" if raft.membership_index else ""
        return [f"{node}: {write_members(raft.membership)}{origin}"]

    def disks(self, node: str) -> list[str]:
        membership = self._raft(node).membership
        on_record = " ".join(f"{member.node}={member.incarnation}" for member in membership.members)
        return [f"{node}: cluster {membership.cluster}, disks {on_record}"]

    def followers(self, node: str) -> list[str]:
        progress = self._raft(node).progress
        return [f"{n}: match {p.match_index}, next {p.next_index}, {p.pace}" for n, p in sorted(progress.items())]

    def crash(self, node: str) -> None:
        self.stage.crash(int(node))

    def restart(self, node: str) -> None:
        self.stage.restart(int(node))

    def hold(self, node: str) -> None:
        self.stage.servers[int(node)].disk.is_held = True

    def sync(self, node: str) -> None:
        self.stage.sync(int(node))

    # Time

    def timeout(self, node: str) -> None:
        if self._raft(node).role is Role.LEADER:
            raise Unreadable("a leader has no election timeout")
        self.stage.expire(int(node))

    def heartbeat(self, node: str) -> None:
        if self._raft(node).role is not Role.LEADER:
            raise Unreadable("only a leader sends heartbeats")
        self.stage.expire(int(node))

    def elect(self, node: str) -> list[str]:
        self.win(node)
        self.stage.settle()
        self.stage.transcript.take()
        return [f"{node}: leader in t{self._raft(node).term}"]

    def win(self, node: str) -> list[str]:
        self.timeout(node)
        raft = self._raft(node)
        while votes := self.stage.take_votes():
            self.stage.transcript.take()
            for vote in votes:
                self.stage.deliver([vote])
                if raft.role is Role.LEADER:
                    self.stage.take_votes()
                    return [
                        line for line in self.stage.transcript.take() if line.startswith((f"{node}: ", f"{node}->"))
                    ]
        raise Unreadable(f"server {node} was not elected")

    def advance(self, milliseconds: str, nodes: str | None) -> None:
        self.stage.advance(int(milliseconds), _nodes(nodes) or list(self.stage.servers))

    def run(self, milliseconds: str) -> None:
        with self.stage.transcript.hiding_messages():
            self.stage.advance(int(milliseconds), list(self.stage.servers), then=self.stage.settle)

    def timeouts(self, text: str) -> None:
        self.stage.timeouts_ms.update((int(node), int(ms)) for node, ms in re.findall(r"(\d+)=(\d+)", text))

    # Network

    def settle(self) -> None:
        self.stage.settle()

    def deliver(self, where: str | None) -> None:
        self.stage.deliver(self._delayed[where] if where in self._delayed else self._take(where))

    def drop(self, where: str | None) -> None:
        self._take(where)

    def delay(self, where: str, name: str) -> None:
        self._delayed[name] = self._take(where)

    def receive(self, to: str, sender: str, message: str) -> None:
        self.stage.receive(int(sender), int(to), read_message(message))

    def partition(self, groups: str) -> None:
        self.stage.groups = [set(_nodes(group)) for group in groups.split("|")]

    def heal(self) -> None:
        self.stage.groups = []

    def _take(self, where: str | None) -> list[Flight]:
        route = re.fullmatch(r"(\d*)->(\d*)", where or "->")
        if not route:
            raise Unreadable(f"nothing was delayed as {where!r}")
        sender, to = (int(node) if node else None for node in route.groups())
        flights = self.stage.take_flights(sender, to)
        if not flights:
            raise Unreadable("no such message is under way")
        return flights

    # Clients and operators

    def propose(self, node: str, words: str) -> None:
        self._act(node, lambda raft: raft.propose([word.encode() for word in words.split()]))

    def read(self, node: str, names: str) -> None:
        for name in names.split():
            self._raft(node).read(int(name.removeprefix("r")))
        self.stage.take_effects(int(node))

    def change(self, node: str, kind: str, subject: str) -> None:
        other, now = int(subject), self._raft(node).membership
        members = dict(now.by_node)
        match kind:
            case "add learner":
                members[other] = Member(other, address_of(other), disk_of(other), voter=False)
            case "promote":
                members[other] = Member(other, address_of(other), disk_of(other))
            case _:
                members.pop(other, None)
        wanted = Membership(
            now.cluster, tuple(members[id_] for id_ in sorted(members)), max(now.highest_node, *members)
        )
        self._act(node, lambda raft: raft.propose_membership(wanted, self.stage.now_ms))

    def transfer(self, node: str, to: str | None) -> None:
        self._act(node, lambda raft: raft.transfer(int(to) if to else None, self.stage.now_ms))

    def compact(self, node: str, index: str) -> None:
        self.stage.compact(int(node), int(index))

    def damage(self, node: str) -> None:
        self.stage.servers[int(node)].has_damage = True

    def aside(self, node: str, switch: str) -> None:
        self._act(node, lambda raft: raft.step_aside(self.stage.now_ms, switch == "on"))

    def full(self, node: str, switch: str) -> None:
        self._raft(node).refuse_commands = switch == "on"

    def fence(self, node: str) -> None:
        self._act(node, Raft.fence)

    def _raft(self, node: str) -> Raft:
        server = self.stage.servers[int(node)]
        if server.is_down:
            raise Unreadable(f"server {node} is down")
        return server.raft

    def _act(self, node: str, event: Callable[[Raft], object]) -> None:
        self._raft(node)
        self.stage.act(int(node), event)


_N = r"(\d+)"
_NODES = r"(\d+(?: \d+)*)"
_COMMANDS: tuple[tuple[str, Callable[..., list[str] | None]], ...] = (
    (rf"(new-)?cluster {_NODES}(?: learner {_NODES})?(?: outside {_NODES})?", Director.cluster),
    (rf"disk {_N}: (.+)", Director.disk),
    (rf"show(?: {_NODES})?", Director.show),
    (rf"members {_N}", Director.members),
    (rf"disks {_N}", Director.disks),
    (rf"followers {_N}", Director.followers),
    (rf"crash {_N}", Director.crash),
    (rf"restart {_N}", Director.restart),
    (rf"hold {_N}", Director.hold),
    (rf"sync {_N}", Director.sync),
    (rf"timeout {_N}", Director.timeout),
    (rf"heartbeat {_N}", Director.heartbeat),
    (rf"elect {_N}", Director.elect),
    (rf"win {_N}", Director.win),
    (rf"advance {_N}(?:: {_NODES})?", Director.advance),
    (rf"run {_N}", Director.run),
    (r"timeouts (\d+=\d+(?: \d+=\d+)*)", Director.timeouts),
    (r"settle", Director.settle),
    (r"deliver(?: (\S+))?", Director.deliver),
    (r"drop(?: (\S+))?", Director.drop),
    (r"delay (\S+) as ([a-z]+)", Director.delay),
    (rf"receive {_N} from {_N}: (.+)", Director.receive),
    (r"partition ([\d |]+)", Director.partition),
    (r"heal", Director.heal),
    (rf"propose {_N} (.+)", Director.propose),
    (rf"read {_N} (r\d+(?: r\d+)*)", Director.read),
    (rf"change {_N}: (add learner|promote|remove) {_N}", Director.change),
    (rf"transfer {_N}(?: to {_N})?", Director.transfer),
    (rf"compact {_N} to {_N}", Director.compact),
    (rf"damage {_N}", Director.damage),
    (rf"aside {_N} (on|off)", Director.aside),
    (rf"full {_N} (on|off)", Director.full),
    (rf"fence {_N}", Director.fence),
)


def _nodes(text: str | None) -> list[int]:
    return [int(node) for node in (text or "").split()]


def _row(stage: Stage, node: int) -> tuple[str, ...]:
    server = stage.servers[node]
    if server.is_down:
        hard_state, base, entries = server.disk.hard_state, server.disk.base, server.disk.entries
        role, term, vote, commit = "down", hard_state.term, hard_state.voted_for, ""
    else:
        raft = server.raft
        role, term, vote, commit = raft.role.replace("_", "-"), raft.term, raft.voted_for, f"commit {raft.commit_index}"
        base, entries = raft.log.base, raft.log.between(raft.log.base.index + 1, raft.log.last_index)
    begin = [f"[{write_place(base.index, base.term)}]"] if base.index else []
    log = " ".join(["log", *begin, *(str(entry.term) for entry in entries)])
    return str(node), role, f"t{term}", f"vote {vote}" if vote else "", commit, log


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Columns of equal width, those that are empty everywhere left out."""
    columns = [column for column in zip(*rows, strict=True) if any(column)]
    widths = [max(map(len, column)) for column in columns]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in zip(*columns, strict=True)
    ]
