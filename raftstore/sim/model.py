"""What should the seats be after these entries? A reference too simple to be wrong: a dictionary of who has each leg.

It shares nothing with raftstore/seats but the commands' and outcomes' types, knows no bitmasks, heaps or rows, and
takes an answer from its memory for ever. Bounds that no run reaches (limits.py) are not part of it.
"""

from dataclasses import dataclass, field
from itertools import chain

from raftstore.seats import commands as c
from raftstore.seats.chain import chain_next
from raftstore.seats.commands import HoldState, RefusalCode
from raftstore.seats.gate_commands import GateCommand

from .choices import Hall, Movable, choice_of
from .gate_model import GateModel

Place = tuple[str, str, int]
# Held and sold leg masks by seat, as a SeatMap has them.
Masks = tuple[dict[str, int], dict[str, int]]
# An outcome without its words, so that the model need not repeat them.
Essence = tuple[object, ...]


@dataclass(slots=True)
class ModelHold:
    content: tuple[object, ...]
    deadline_ms: int
    state: HoldState = HoldState.HELD
    movable: bool = False


@dataclass(slots=True)
class ModelSession:
    acknowledged_below: int = 0
    answers: dict[int, tuple[c.Request, Essence]] = field(default_factory=dict)


class Model:
    """Fed with the entries of the log in order."""

    def __init__(self) -> None:
        self.index = 0
        self.now_ms = 0
        self.open: dict[str, bool] = {}
        self._halls: dict[str, Hall] = {}
        self.holds: dict[str, ModelHold] = {}
        self.waiting = GateModel()
        self.owner: dict[Place, str] = {}
        # Every answer given to a request id.
        self.answers: dict[str, list[Essence]] = {}
        # Inventories changed, and holds, since somebody last emptied these.
        self.touched: dict[str, None] = {}
        self.touched_holds: dict[str, None] = {}
        self.expired = 0
        self.repeated = 0
        self._decided: dict[str, tuple[c.Command | c.OpenSession, Essence]] = {}
        self._sessions: dict[int, ModelSession] = {}
        self._chain = b""

    @property
    def live_deadlines_ms(self) -> list[int]:
        return [hold.deadline_ms for hold in self.holds.values() if hold.state is HoldState.HELD]

    def apply(self, index: int, time_ms: int, requests: tuple[c.Request, ...], *, chain: bytes) -> None:
        """The entry at `index`; one without requests may still let holds expire.

        Args:
            chain: the hash over the log up to here, which ids of new sessions come from.
        """
        self.index = index
        self._chain = chain
        self.now_ms = max(self.now_ms, time_ms)
        self.waiting.pass_time(self.now_ms)
        for name, hold in self.holds.items():
            if hold.state is HoldState.HELD and hold.deadline_ms <= self.now_ms:
                self.expired += 1
                self._end(name, HoldState.EXPIRED)
        for ordinal, request in enumerate(requests):
            self.answers.setdefault(request.request_id, []).append(self._answer(request, ordinal))

    def masks(self, inventory: str) -> Masks:
        held: dict[str, int] = {}
        sold: dict[str, int] = {}
        for (place, seat, leg), name in self.owner.items():
            if place == inventory:
                masks = held if self.holds[name].state is HoldState.HELD else sold
                masks[seat] = masks.get(seat, 0) | 1 << leg
        return held, sold

    # --- Once each ----------------------------------------------------------------------------------

    def _answer(self, request: c.Request, ordinal: int) -> Essence:
        if not request.session or isinstance(request.command, c.OpenSession):
            return self._answer_once(request, ordinal)
        session = self._sessions.get(request.session)
        if session is None:
            return _refused(RefusalCode.SESSION_EXPIRED)
        session.acknowledged_below = max(session.acknowledged_below, request.acknowledged_below)
        if request.sequence < session.acknowledged_below:
            return _refused(RefusalCode.SEQUENCE_ACKNOWLEDGED)
        if request.sequence not in session.answers:
            session.answers[request.sequence] = request, self._answer_once(request, ordinal)
            return session.answers[request.sequence][1]
        earlier, answer = session.answers[request.sequence]
        if (earlier.request_id, earlier.command) != (request.request_id, request.command):
            return _refused(RefusalCode.REQUEST_ID_REUSED)
        self.repeated += 1
        return answer

    def _answer_once(self, request: c.Request, ordinal: int) -> Essence:
        if request.request_id in self._decided:
            command, answer = self._decided[request.request_id]
            if command != request.command:
                return _refused(RefusalCode.REQUEST_ID_REUSED)
            self.repeated += 1
            return answer
        if isinstance(request.command, c.OpenSession):
            session = int.from_bytes(chain_next(self._chain, self.index, ordinal, 0, b"")[:8]) >> 1 | 1
            self._sessions[session] = ModelSession()
            answer = essence(c.SessionOpened(session))
        else:
            answer = self._decide(request.command)
        self._decided[request.request_id] = request.command, answer
        return answer

    # --- Seats --------------------------------------------------------------------------------------

    def _decide(self, command: c.Command) -> Essence:
        match command:
            case c.OpenInventory(inventory, seats, legs, places):
                known_places = self._halls[inventory].places if inventory in self._halls else ()
                self._halls[inventory] = Hall(seats, places or known_places, legs)
                self.open[inventory] = True
                self.touched[inventory] = None
                return essence(c.Opened(inventory))
            case c.CloseInventory(inventory):
                if inventory not in self.open:
                    return _refused(RefusalCode.UNKNOWN_INVENTORY)
                self.open[inventory] = False
                self.touched[inventory] = None
                return essence(c.Closed(inventory))
            case c.Hold():
                return self._hold(command)
            case c.HoldBest():
                return self._hold_best(command)
            case c.Exchange():
                return self._exchange(command)
        if isinstance(command, GateCommand):
            answer = self.waiting.decide(command, inventory_is_known=command.inventory in self.open)
            return _refused(answer) if isinstance(answer, RefusalCode) else essence(answer)
        hold = self.holds.get(command.hold)
        if hold is None:
            return _refused(RefusalCode.UNKNOWN_HOLD)
        match command, hold.state:
            case c.Confirm(name), HoldState.HELD | HoldState.CONFIRMED:
                hold.state = HoldState.CONFIRMED
                self._touch(name)
                return essence(c.Confirmed(name))
            case c.Extend(name, ttl_ms), HoldState.HELD:
                hold.deadline_ms = max(hold.deadline_ms, self.now_ms + ttl_ms)
                return essence(c.Held(name, hold.deadline_ms, self.now_ms))
            case c.Release(name), HoldState.HELD:
                self._end(name, HoldState.RELEASED)
                return essence(c.Released(name))
            case c.Release(name), HoldState.RELEASED | HoldState.EXPIRED:
                return essence(c.Released(name))
            case c.Cancel(name, seats), HoldState.CONFIRMED | HoldState.CANCELLED:
                return self._cancel(name, hold, seats)
            case c.Cancel(), _:
                return _refused(RefusalCode.HOLD_NOT_CONFIRMED, hold.state)
        return _refused(RefusalCode.HOLD_ENDED, hold.state)

    def _hold(self, command: c.Hold) -> Essence:
        if command.inventory not in self.open:
            return _refused(RefusalCode.UNKNOWN_INVENTORY)
        if known := self.holds.get(command.hold):
            if known.state is HoldState.HELD and known.content == _content(command) and not known.movable:
                return essence(c.Held(command.hold, known.deadline_ms, self.now_ms))
            return _refused(RefusalCode.HOLD_ID_REUSED)
        if not self.open[command.inventory]:
            return _refused(RefusalCode.INVENTORY_CLOSED)
        if conflicts := self._conflicts(command, None):
            return essence(c.Taken(conflicts))
        deadline_ms = self.now_ms + command.ttl_ms
        self._take(command.hold, command, ModelHold(_content(command), deadline_ms))
        return essence(c.Held(command.hold, deadline_ms, self.now_ms))

    def _hold_best(self, command: c.HoldBest) -> Essence:
        name, inventory = command.hold, command.inventory
        if inventory not in self.open:
            return _refused(RefusalCode.UNKNOWN_INVENTORY)
        if known := self.holds.get(name):
            place, seats, *legs = known.content
            assert isinstance(seats, tuple)
            asked = (inventory, command.count, [command.first_leg, command.end_leg], command.movable)
            if known.state is HoldState.HELD and (place, len(seats), legs, known.movable) == asked:
                return essence(c.BestHeld(name, seats, known.deadline_ms, self.now_ms))
            return _refused(RefusalCode.HOLD_ID_REUSED)
        if not self.open[inventory]:
            return _refused(RefusalCode.INVENTORY_CLOSED)
        held, sold = self.masks(inventory)
        choice = choice_of(
            command,
            self._halls[inventory],
            lambda seat: held.get(seat, 0) | sold.get(seat, 0),
            self._movable(inventory),
        )
        if choice is None:
            return _refused(RefusalCode.NO_SEATS)
        chosen = choice.seats
        self._move(choice.moves)
        deadline_ms = self.now_ms + command.ttl_ms
        taking = c.Hold(inventory, name, chosen, command.first_leg, command.end_leg, command.ttl_ms)
        self._take(name, taking, ModelHold(_content(taking), deadline_ms, movable=command.movable))
        return essence(c.BestHeld(name, chosen, deadline_ms, self.now_ms, choice.moves))

    def _movable(self, inventory: str) -> list[Movable]:
        movable: list[Movable] = []
        for name, hold in self.holds.items():
            place, seats, *legs = hold.content
            assert isinstance(seats, tuple)
            if hold.movable and place == inventory and len(seats) == 1 and name in self.owner.values():
                movable.append(Movable._make((name, *seats, *legs)))
        return movable

    def _move(self, moves: tuple[c.Move, ...]) -> None:
        leaving = {move.hold: [place for place, name in self.owner.items() if name == move.hold] for move in moves}
        for place in chain.from_iterable(leaving.values()):
            del self.owner[place]
        for move in moves:
            hold = self.holds[move.hold]
            inventory, _, *legs = hold.content
            hold.content = (inventory, (move.to_seat,), *legs)
            self._touch(move.hold)
            for _, _, leg in leaving[move.hold]:
                self.owner[str(inventory), move.to_seat, leg] = move.hold

    def _exchange(self, command: c.Exchange) -> Essence:
        old = self.holds.get(command.hold)
        if old is None:
            return _refused(RefusalCode.UNKNOWN_HOLD)
        if command.inventory not in self.open:
            return _refused(RefusalCode.UNKNOWN_INVENTORY)
        if new := self.holds.get(command.new_hold):
            is_as_asked = new.content == _content(command) or (new.movable and _are_alike(new.content, command))
            is_as_asked = is_as_asked and new.state is HoldState.CONFIRMED and new.movable is command.movable
            if is_as_asked and old.state is HoldState.CANCELLED:
                return essence(c.Exchanged(command.hold, command.new_hold))
            return _refused(RefusalCode.HOLD_ID_REUSED)
        if old.state is not HoldState.CONFIRMED:
            return _refused(RefusalCode.HOLD_NOT_CONFIRMED, old.state)
        if not self.open[command.inventory]:
            return _refused(RefusalCode.INVENTORY_CLOSED)
        if conflicts := self._conflicts(command, command.hold):
            return essence(c.Taken(conflicts))
        self._end(command.hold, HoldState.CANCELLED)
        new = ModelHold(_content(command), self.now_ms, HoldState.CONFIRMED, command.movable)
        self._take(command.new_hold, command, new)
        return essence(c.Exchanged(command.hold, command.new_hold))

    def _cancel(self, name: str, hold: ModelHold, seats: tuple[str, ...]) -> Essence:
        _, asked_for, *_ = hold.content
        assert isinstance(asked_for, tuple)
        if not set(seats) <= set(asked_for):
            return _refused(RefusalCode.UNKNOWN_SEAT)
        leaving = seats or asked_for
        self._touch(name)
        for place in [place for place, owner in self.owner.items() if owner == name and place[1] in leaving]:
            del self.owner[place]
        if name not in self.owner.values():
            hold.state = HoldState.CANCELLED
        return essence(c.Cancelled(name, leaving))

    def _conflicts(self, command: c.Hold | c.Exchange, own: str | None) -> tuple[str, ...]:
        taken = {place[1] for place in _places(command) if self.owner.get(place, own) != own}
        return tuple(seat for seat in command.seats if seat in taken)

    def _take(self, name: str, command: c.Hold | c.Exchange, hold: ModelHold) -> None:
        for place in _places(command):
            self.owner[place] = name
        self.holds[name] = hold
        self._touch(name)

    def _end(self, name: str, state: HoldState) -> None:
        self._touch(name)
        self.holds[name].state = state
        for place in [place for place, owner in self.owner.items() if owner == name]:
            del self.owner[place]

    def _touch(self, name: str) -> None:
        self.touched_holds[name] = None
        self.touched[str(self.holds[name].content[0])] = None


def essence(outcome: c.Outcome) -> Essence:
    """What matters about an outcome: everything but the words of a refusal."""
    match outcome:
        case c.Refused(code, _, state):
            return _refused(code, state)
        case _:
            return type(outcome).__name__, *(getattr(outcome, name) for name in type(outcome).__match_args__)


def _refused(code: RefusalCode, state: HoldState | None = None) -> Essence:
    return "Refused", code.value, state.value if state else None


def _content(command: c.Hold | c.Exchange) -> tuple[object, ...]:
    return command.inventory, command.seats, command.first_leg, command.end_leg


def _are_alike(content: tuple[object, ...], command: c.Exchange) -> bool:
    """Whether a hold that may have been moved since was asked for like this."""
    inventory, seats, *legs = content
    assert isinstance(seats, tuple)
    asked = (command.inventory, len(command.seats), [command.first_leg, command.end_leg])
    return (inventory, len(seats), legs) == asked


def _places(command: c.Hold | c.Exchange) -> list[Place]:
    legs = range(command.first_leg, command.end_leg)
    return [(command.inventory, seat, leg) for seat in command.seats for leg in legs]
