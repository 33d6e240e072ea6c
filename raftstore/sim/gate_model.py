"""What should the waiting rooms be after these entries? Lists of who is there; nothing of raftstore/seats/gates.py.

Whoever is let in or leaves is taken out of his list; the line is drawn as docs/api.md tells everybody to check it.
"""

from dataclasses import dataclass, field
from hashlib import sha256

from raftstore.seats import gate_commands as g
from raftstore.seats.commands import RefusalCode


@dataclass(slots=True)
class Somebody:
    visitor: str
    arrival: int
    place: int = 0
    until_ms: int = 0


@dataclass(slots=True)
class ModelGate:
    opened: g.OpenGate
    seed: str = ""
    arrived: int = 0
    last_place: int = 0
    drawn: list[Somebody] = field(default_factory=list)
    there: list[Somebody] = field(default_factory=list)

    @property
    def waiting(self) -> list[Somebody]:
        return sorted((who for who in self.there if not who.until_ms), key=lambda who: (who.place, who.arrival))

    def view(self) -> g.GateView:
        waiting = self.waiting
        front = waiting[0].place if waiting and self.seed else self.last_place + 1
        return g.GateView(
            self.opened.inventory,
            self.opened.commitment,
            self.opened.opens_wall_ms,
            self.opened.limit,
            self.seed,
            len(self.drawn),
            self.arrived,
            len(waiting),
            len(self.there) - len(waiting),
            front,
        )


class GateModel:
    """Fed with the commands of the log in order; `touched` are visitors, and "" for a gate, since it was emptied."""

    def __init__(self) -> None:
        self.gates: dict[str, ModelGate] = {}
        self.now_ms = 0
        self.touched: dict[tuple[str, str], None] = {}

    def pass_time(self, now_ms: int) -> None:
        self.now_ms = now_ms
        for inventory, gate in self.gates.items():
            for who in [who for who in gate.there if who.until_ms and who.until_ms <= now_ms]:
                gate.there.remove(who)
                self.touched[inventory, who.visitor] = None

    def visitor(self, inventory: str, visitor: str) -> g.VisitorView | None:
        gate = self.gates.get(inventory)
        if gate is None:
            return None
        who = next((who for who in gate.there if who.visitor == visitor), None)
        if who is None:
            return g.VisitorView(inventory, visitor, g.VisitorState.ABSENT, 0, 0, 0, self.now_ms)
        state = g.VisitorState.ADMITTED if who.until_ms else g.VisitorState.WAITING
        return g.VisitorView(inventory, visitor, state, who.arrival, who.place, who.until_ms, self.now_ms)

    def decide(self, command: g.GateCommand, *, inventory_is_known: bool) -> g.GateOutcome | RefusalCode:
        inventory = command.inventory
        gate = self.gates.get(inventory)
        self.touched[inventory, command.visitor if isinstance(command, g.JoinGate | g.LeaveGate) else ""] = None
        if isinstance(command, g.OpenGate):
            return self._open(gate, command, inventory_is_known)
        if isinstance(command, g.CloseGate):
            self.gates.pop(inventory, None)
            return g.GateClosed(inventory)
        if gate is None:
            return RefusalCode.UNKNOWN_GATE
        if isinstance(command, g.JoinGate | g.LeaveGate):
            if refusal := self._come_or_go(gate, command):
                return refusal
            seen = self.visitor(inventory, command.visitor)
            assert seen is not None
            return seen
        if isinstance(command, g.RevealGate):
            if sha256(command.seed.encode()).hexdigest() != gate.opened.commitment:
                return RefusalCode.WRONG_SEED
            if not gate.seed:
                _draw(gate, command.seed)
            return gate.view()
        if not gate.seed:
            return RefusalCode.GATE_NOT_OPEN
        for who in gate.waiting[: command.count]:
            who.until_ms = self.now_ms + command.ttl_ms
            self.touched[inventory, who.visitor] = None
        return gate.view()

    def _open(self, gate: ModelGate | None, command: g.OpenGate, inventory_is_known: bool) -> g.GateView | RefusalCode:
        if gate is None:
            if not inventory_is_known:
                return RefusalCode.UNKNOWN_INVENTORY
            gate = self.gates[command.inventory] = ModelGate(command)
        elif (gate.opened.commitment, gate.opened.limit) != (command.commitment, command.limit):
            return RefusalCode.GATE_DIFFERS
        gate.opened = command
        return gate.view()

    def _come_or_go(self, gate: ModelGate, command: g.JoinGate | g.LeaveGate) -> RefusalCode | None:
        there = [who for who in gate.there if who.visitor == command.visitor]
        if isinstance(command, g.LeaveGate):
            gate.there = [who for who in gate.there if who not in there]
        elif not there:
            if len(gate.there) >= gate.opened.limit:
                return RefusalCode.GATE_FULL
            gate.arrived += 1
            gate.last_place += 1 if gate.seed else 0
            gate.there.append(Somebody(command.visitor, gate.arrived, gate.last_place))
        return None


def _draw(gate: ModelGate, seed: str) -> None:
    gate.seed = seed
    by_lot = {sha256(f"{seed}\n{who.visitor}".encode()).hexdigest(): who for who in gate.there}
    for place, drawn in enumerate(sorted(by_lot), start=1):
        by_lot[drawn].place = place
        gate.drawn.append(Somebody(by_lot[drawn].visitor, by_lot[drawn].arrival, place))
    gate.last_place = len(gate.there)
