"""Who waits before which inventory, in which order, and who was let in until when?

A gate has two times. Before it opens visitors gather, and their order of arrival gives nobody an advantage. Opening
draws the line: whoever is there gets a place by the hash of the seed and of his id (`lot`). The seed's own hash was in
the log before the first of them came, so nobody could choose the one to fit the other, and everybody can compute the
order again. From then on places are given in the order of the log. A place never changes; who is let in is always the
first who waits.

An admission ends with the first entry at or after its deadline, as holds do (machine.py). Nothing is proposed for its
sake: what it allows is asked of the log, too.
"""

from collections import OrderedDict
from collections.abc import Iterable
from hashlib import sha256
from heapq import heapify, heappop, heappush

from .changes import DrawRow, GateRow, TouchedGates, VisitorRow
from .gate_commands import DrawnVisitor, GateView, VisitorState, VisitorView


def lot(seed: str, visitor: str) -> str:
    """What puts a visitor in his place when a gate opens: the lowest goes first."""
    return sha256(f"{seed}\n{visitor}".encode()).hexdigest()


def commitment_to(seed: str) -> str:
    """What a gate is opened with, so that its seed cannot be another later."""
    return sha256(seed.encode()).hexdigest()


class Visitor:
    __slots__ = ("arrival", "expires_at_ms", "place", "visitor")

    def __init__(self, visitor: str, arrival: int, place: int, expires_at_ms: int = 0) -> None:
        self.visitor = visitor
        self.arrival = arrival
        # 0 until the line is drawn.
        self.place = place
        # 0 while he waits.
        self.expires_at_ms = expires_at_ms


class Gate:
    __slots__ = (
        "admitted",
        "arrived",
        "commitment",
        "drawn",
        "inventory",
        "last_place",
        "limit",
        "opens_wall_ms",
        "seed",
        "waiting",
    )

    def __init__(self, row: GateRow) -> None:
        self.inventory = row.inventory
        self.commitment = row.commitment
        self.opens_wall_ms = row.opens_wall_ms
        self.limit = row.limit
        self.seed = row.seed
        self.arrived = row.arrived
        self.last_place = row.last_place
        # Those who were there when it opened, by place.
        self.drawn: tuple[DrawnVisitor, ...] = ()
        # In the order of their places; by arrival before there are any.
        self.waiting: OrderedDict[str, Visitor] = OrderedDict()
        self.admitted: dict[str, Visitor] = {}

    @property
    def is_open(self) -> bool:
        return bool(self.seed)

    def row(self) -> GateRow:
        return GateRow(
            self.inventory,
            self.commitment,
            self.opens_wall_ms,
            self.limit,
            self.seed,
            self.arrived,
            self.last_place,
        )

    def find(self, visitor: str) -> Visitor | None:
        return self.waiting.get(visitor) or self.admitted.get(visitor)

    def view(self) -> GateView:
        front = next(iter(self.waiting.values())).place if self.waiting and self.is_open else self.last_place + 1
        return GateView(
            self.inventory,
            self.commitment,
            self.opens_wall_ms,
            self.limit,
            self.seed,
            len(self.drawn),
            self.arrived,
            len(self.waiting),
            len(self.admitted),
            front,
        )


class GateBook:
    def __init__(self) -> None:
        self._gates: dict[str, Gate] = {}
        # (expires_at_ms, inventory, visitor): may also name those who left since.
        self._deadlines: list[tuple[int, str, str]] = []
        self.time_ms = 0
        # Of the entry being applied: who got which place, who went in and out. The trace is over these (chain.py).
        self.told: list[str] = []
        # Since take_touched(); dicts for their order, which is the log's.
        self._touched: dict[str, None] = {}
        self._touched_visitors: dict[tuple[str, str], None] = {}
        self._newly_drawn: dict[str, None] = {}
        self._closed: dict[str, None] = {}

    def __len__(self) -> int:
        return len(self._gates)

    def get(self, inventory: str) -> Gate | None:
        return self._gates.get(inventory)

    def visitor(self, gate: Gate, visitor: str) -> VisitorView:
        known = gate.find(visitor)
        if known is None:
            return VisitorView(gate.inventory, visitor, VisitorState.ABSENT, 0, 0, 0, self.time_ms)
        state = VisitorState.ADMITTED if known.expires_at_ms else VisitorState.WAITING
        return VisitorView(
            gate.inventory, visitor, state, known.arrival, known.place, known.expires_at_ms, self.time_ms
        )

    # --- Steps --------------------------------------------------------------------------------------

    def begin_entry(self, time_ms: int) -> None:
        """End the admissions that are due."""
        self.time_ms = time_ms
        self.told = []
        while self._deadlines and self._deadlines[0][0] <= time_ms:
            expires_at_ms, inventory, visitor = heappop(self._deadlines)
            gate = self._gates.get(inventory)
            known = gate.admitted.get(visitor) if gate else None
            if gate and known and known.expires_at_ms == expires_at_ms:
                self.leave(gate, known)

    def open(self, inventory: str, commitment: str, opens_wall_ms: int, limit: int) -> Gate:
        row = GateRow(inventory, commitment, opens_wall_ms, limit, "", 0, 0)
        gate = self._gates[inventory] = Gate(row)
        self._touched[inventory] = None
        self.told.append(f"{inventory} {commitment}")
        return gate

    def announce(self, gate: Gate, opens_wall_ms: int) -> None:
        """It opens at another time than was said before."""
        if gate.opens_wall_ms != opens_wall_ms:
            gate.opens_wall_ms = opens_wall_ms
            self._touched[gate.inventory] = None
            self.told.append(f"{gate.inventory} {opens_wall_ms}")

    def close(self, gate: Gate) -> None:
        del self._gates[gate.inventory]
        self._closed[gate.inventory] = None
        self.told.append(f"{gate.inventory} closed")

    def join(self, gate: Gate, visitor: str) -> None:
        gate.arrived += 1
        if gate.is_open:
            gate.last_place += 1
        new = gate.waiting[visitor] = Visitor(visitor, gate.arrived, gate.last_place)
        self._touch(gate, new)

    def leave(self, gate: Gate, known: Visitor) -> None:
        gate.waiting.pop(known.visitor, None)
        gate.admitted.pop(known.visitor, None)
        self._touch(gate, known)

    def draw(self, gate: Gate, seed: str) -> None:
        """The line, from those who are there."""
        gate.seed = seed
        in_line = sorted(gate.waiting.values(), key=lambda known: lot(seed, known.visitor))
        for place, known in enumerate(in_line, start=1):
            known.place = place
            self._touch(gate, known)
        gate.waiting = OrderedDict((known.visitor, known) for known in in_line)
        gate.last_place = len(in_line)
        gate.drawn = tuple([DrawnVisitor(known.place, known.arrival, known.visitor) for known in in_line])
        self._newly_drawn[gate.inventory] = None
        self._touched[gate.inventory] = None

    def admit(self, gate: Gate, count: int, ttl_ms: int) -> None:
        """The first who wait, at most `count`."""
        for _ in range(min(count, len(gate.waiting))):
            visitor, known = gate.waiting.popitem(last=False)
            known.expires_at_ms = self.time_ms + ttl_ms
            gate.admitted[visitor] = known
            heappush(self._deadlines, (known.expires_at_ms, gate.inventory, visitor))
            self._touch(gate, known)

    def _touch(self, gate: Gate, known: Visitor) -> None:
        self._touched[gate.inventory] = None
        self._touched_visitors[gate.inventory, known.visitor] = None
        self.told.append(f"{known.arrival} {known.place} {known.expires_at_ms} {known.visitor}")

    # --- Rows ---------------------------------------------------------------------------------------

    def gate_rows(self) -> tuple[GateRow, ...]:
        """All of them, in order of inventory."""
        return tuple([self._gates[inventory].row() for inventory in sorted(self._gates)])

    def visitor_rows(self) -> tuple[VisitorRow, ...]:
        """All of them, in order of (inventory, arrival)."""
        rows = [
            _visitor_row(inventory, known)
            for inventory, gate in self._gates.items()
            for line in (gate.waiting, gate.admitted)
            for known in line.values()
        ]
        return tuple(sorted(rows, key=lambda row: (row.inventory, row.arrival)))

    def draw_rows(self) -> tuple[DrawRow, ...]:
        """All of them, in order of (inventory, place)."""
        return self._draws(sorted(self._gates))

    def take_touched(self) -> TouchedGates:
        """What is new or other than at the last call."""
        touched, self._touched = self._touched, {}
        visitors, self._touched_visitors = self._touched_visitors, {}
        drawn, self._newly_drawn = self._newly_drawn, {}
        closed, self._closed = self._closed, {}
        present: list[VisitorRow] = []
        gone: list[tuple[str, str]] = []
        for inventory, visitor in visitors:
            gate = self._gates.get(inventory)
            known = gate.find(visitor) if gate else None
            if known:
                present.append(_visitor_row(inventory, known))
            else:
                gone.append((inventory, visitor))
        return TouchedGates(
            tuple([self._gates[inventory].row() for inventory in touched if inventory in self._gates]),
            tuple(closed),
            tuple(present),
            tuple(gone),
            self._draws(drawn),
        )

    def _draws(self, inventories: Iterable[str]) -> tuple[DrawRow, ...]:
        gates = [self._gates[inventory] for inventory in inventories if inventory in self._gates]
        return tuple([DrawRow(gate.inventory, *drawn) for gate in gates for drawn in gate.drawn])

    def restore(self, gates: Iterable[GateRow], visitors: Iterable[VisitorRow], draws: Iterable[DrawRow]) -> None:
        """
        Raises:
            KeyError: somebody is at no gate.
        """
        for row in gates:
            self._gates[row.inventory] = Gate(row)
        # By place where there are any, and by arrival before.
        for inventory, visitor, *numbers in sorted(visitors, key=lambda row: (row.place, row.arrival)):
            gate, known = self._gates[inventory], Visitor(visitor, *numbers)
            if known.expires_at_ms:
                gate.admitted[visitor] = known
                self._deadlines.append((known.expires_at_ms, inventory, visitor))
            else:
                gate.waiting[visitor] = known
        heapify(self._deadlines)
        drawn: dict[str, list[DrawnVisitor]] = {}
        for inventory, *content in draws:
            drawn.setdefault(inventory, []).append(DrawnVisitor._make(content))
        for inventory, of_gate in drawn.items():
            self._gates[inventory].drawn = tuple(sorted(of_gate))


def _visitor_row(inventory: str, known: Visitor) -> VisitorRow:
    return VisitorRow(inventory, known.visitor, known.arrival, known.place, known.expires_at_ms)
