"""The machine against a model that is too simple to be wrong: a dictionary of who has each (inventory, seat, leg)."""

from dataclasses import dataclass, field
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from raftstore.seats.commands import (
    BestHeld,
    Cancel,
    Cancelled,
    CloseInventory,
    Confirm,
    Confirmed,
    Exchange,
    Exchanged,
    Extend,
    Held,
    Hold,
    HoldBest,
    OpenInventory,
    Outcome,
    RefusalCode,
    Refused,
    Release,
    Released,
    SeatCommand,
    Taken,
)
from raftstore.seats.machine import SeatMachine

from .store import Store, apply_next
from .strategies import LEGS, PLACES, SEATS, RandomEntry, commands, feed, histories

Answer = type[Outcome] | RefusalCode | tuple[str, ...]


@dataclass
class ModelHold:
    content: tuple[object, ...]
    seats: tuple[str, ...]
    deadline_ms: int
    state: str = "held"
    movable: bool = False


@dataclass
class Model:
    """Who has what, as a set of triples per holder; answers are only the kind of the outcome, or the conflicts."""

    open: dict[str, bool] = field(default_factory=dict)
    placed: set[str] = field(default_factory=set)
    owner: dict[tuple[str, str, int], str] = field(default_factory=dict)
    holds: dict[str, ModelHold] = field(default_factory=dict)
    now_ms: int = 0

    def expire(self) -> None:
        for name, hold in self.holds.items():
            if hold.state == "held" and hold.deadline_ms <= self.now_ms:
                self.end(name, "expired")

    def end(self, name: str, state: str) -> None:
        self.holds[name].state = state
        self.owner = {place: owner for place, owner in self.owner.items() if owner != name}

    def take(self, name: str, command: Hold | Exchange, deadline_ms: int, state: str) -> None:
        content = (command.inventory, command.seats, command.first_leg, command.end_leg)
        self.holds[name] = ModelHold(content, command.seats, deadline_ms, state)
        for place in places(command):
            self.owner[place] = name

    def answer(self, command: SeatCommand) -> Answer:
        match command:
            case OpenInventory(inventory, places=where):
                self.open[inventory] = True
                self.placed |= {inventory} if where else set()
                return OpenInventory  # type: ignore[return-value]
            case CloseInventory(inventory):
                if inventory not in self.open:
                    return RefusalCode.UNKNOWN_INVENTORY
                self.open[inventory] = False
                return CloseInventory  # type: ignore[return-value]
            case Hold():
                return self.answer_hold(command)
            case HoldBest():
                return self.answer_best(command)
            case Exchange():
                return self.answer_exchange(command)
        known = self.holds.get(command.hold)  # type: ignore[union-attr]
        if known is None:
            return RefusalCode.UNKNOWN_HOLD
        match command, known.state:
            case Confirm(hold), "held" | "confirmed":
                known.state = "confirmed"
                return Confirmed
            case Extend(_, ttl_ms), "held":
                known.deadline_ms = max(known.deadline_ms, self.now_ms + ttl_ms)
                return Held
            case Release(hold), "held":
                self.end(hold, "released")
                return Released
            case Release(), "released" | "expired":
                return Released
            case Cancel(hold, seats), "confirmed" | "cancelled":
                return self.answer_cancel(hold, known, seats)
            case Cancel(), _:
                return RefusalCode.HOLD_NOT_CONFIRMED
        return RefusalCode.HOLD_ENDED

    def answer_hold(self, command: Hold) -> Answer:
        if command.inventory not in self.open:
            return RefusalCode.UNKNOWN_INVENTORY
        if known := self.holds.get(command.hold):
            content = (command.inventory, command.seats, command.first_leg, command.end_leg)
            as_asked = known.state == "held" and known.content == content and not known.movable
            return Held if as_asked else RefusalCode.HOLD_ID_REUSED
        if not self.open[command.inventory]:
            return RefusalCode.INVENTORY_CLOSED
        if conflicts := self.conflicts(command, None):
            return conflicts
        self.take(command.hold, command, self.now_ms + command.ttl_ms, "held")
        return Held

    def answer_best(self, command: HoldBest) -> Answer:
        """No seats mean that whatever may be chosen is right."""
        inventory, legs = command.inventory, (command.first_leg, command.end_leg)
        if inventory not in self.open:
            return RefusalCode.UNKNOWN_INVENTORY
        if known := self.holds.get(command.hold):
            as_asked = (known.state, known.content[0], len(known.seats), known.content[2:], known.movable)
            again = as_asked == ("held", inventory, command.count, legs, command.movable)
            return BestHeld if again else RefusalCode.HOLD_ID_REUSED
        if not self.open[inventory]:
            return RefusalCode.INVENTORY_CLOSED
        return BestHeld if self.choices(command) else RefusalCode.NO_SEATS

    def choices(self, command: HoldBest) -> list[tuple[str, ...]]:
        """All that may be chosen."""
        may = []
        for seats in combinations(SEATS, command.count):
            taking = Hold(command.inventory, command.hold, seats, command.first_leg, command.end_leg, 0)
            here = [PLACES[SEATS.index(seat)] for seat in seats] if command.inventory in self.placed else []
            zones = {place.zone for place in here} or {""}
            features = [place.features for place in here] or [0]
            numbers = [place.number for place in here] or [2 * at for at in range(command.count)]
            if (
                not self.conflicts(taking, None)
                and (not command.zones or zones <= set(command.zones))
                and all(bits & command.must_have == command.must_have for bits in features)
                and (not command.together or numbers == list(range(numbers[0], numbers[0] + command.count)))
            ):
                may.append(seats)
        return may

    def move(self, command: HoldBest, outcome: BestHeld) -> None:
        """Nothing was free, and those who were moved agreed to it and have a free seat as good."""
        assert command.repack
        assert not command.together
        assert not self.choices(command)
        before = dict(self.owner)
        for move in outcome.moved:
            self.owner = {place: owner for place, owner in self.owner.items() if owner != move.hold}
        for name, from_seat, to_seat in outcome.moved:
            hold = self.holds[name]
            assert (hold.movable, hold.seats, hold.content[0]) == (True, (from_seat,), command.inventory)
            old, new = (PLACES[SEATS.index(seat)] for seat in (from_seat, to_seat))
            if command.inventory in self.placed:
                assert old.zone == new.zone
                assert old.features & new.features == old.features
            for place in [place for place, owner in before.items() if owner == name]:
                assert (place[0], to_seat, place[2]) not in self.owner
                self.owner[place[0], to_seat, place[2]] = name
            hold.seats = (to_seat,)
            hold.content = (hold.content[0], hold.seats, *hold.content[2:])

    def take_best(self, command: HoldBest, seats: tuple[str, ...]) -> None:
        assert seats in self.choices(command)
        taking = Hold(command.inventory, command.hold, seats, command.first_leg, command.end_leg, command.ttl_ms)
        self.take(command.hold, taking, self.now_ms + command.ttl_ms, "held")
        self.holds[command.hold].movable = command.movable

    def answer_cancel(self, name: str, known: ModelHold, seats: tuple[str, ...]) -> Answer:
        if not set(seats) <= set(known.seats):
            return RefusalCode.UNKNOWN_SEAT
        gone = set(seats or known.seats)
        self.owner = {p: owner for p, owner in self.owner.items() if owner != name or p[1] not in gone}
        if name not in self.owner.values():
            known.state = "cancelled"
        return Cancelled

    def answer_exchange(self, command: Exchange) -> Answer:
        old = self.holds.get(command.hold)
        if old is None:
            return RefusalCode.UNKNOWN_HOLD
        if command.inventory not in self.open:
            return RefusalCode.UNKNOWN_INVENTORY
        if new := self.holds.get(command.new_hold):
            content = (command.inventory, command.seats, command.first_leg, command.end_leg)
            alike = (command.inventory, len(command.seats), *content[2:])
            # One that is movable may have been moved since.
            as_asked = (
                (new.content[0], len(new.seats), *new.content[2:]) == alike if new.movable else new.content == content
            )
            done = (old.state, new.state, new.movable) == ("cancelled", "confirmed", command.movable) and as_asked
            return Exchanged if done else RefusalCode.HOLD_ID_REUSED
        if old.state != "confirmed":
            return RefusalCode.HOLD_NOT_CONFIRMED
        if not self.open[command.inventory]:
            return RefusalCode.INVENTORY_CLOSED
        if conflicts := self.conflicts(command, command.hold):
            return conflicts
        self.end(command.hold, "cancelled")
        self.take(command.new_hold, command, self.now_ms, "confirmed")
        self.holds[command.new_hold].movable = command.movable
        return Exchanged

    def conflicts(self, command: Hold | Exchange, own: str | None) -> tuple[str, ...]:
        others = {place for place, owner in self.owner.items() if owner != own}
        taken = {seat for _, seat, _ in places(command) & others}
        return tuple(seat for seat in command.seats if seat in taken)

    def masks(self, inventory: str) -> dict[str, tuple[int, int]]:
        masks: dict[str, tuple[int, int]] = {}
        for (place, seat, leg), owner in self.owner.items():
            if place == inventory:
                held, sold = masks.get(seat, (0, 0))
                if self.holds[owner].state == "held":
                    held |= 1 << leg
                else:
                    sold |= 1 << leg
                masks[seat] = (held, sold)
        return masks


def places(command: Hold | Exchange) -> set[tuple[str, str, int]]:
    return {
        (command.inventory, seat, leg) for seat in command.seats for leg in range(command.first_leg, command.end_leg)
    }


def kind_of(outcome: Outcome, command: SeatCommand) -> Answer:
    match outcome:
        case Refused(code):
            return code
        case Taken(conflicts):
            return conflicts
    if isinstance(command, OpenInventory | CloseInventory):
        return type(command)  # type: ignore[return-value]
    return type(outcome)


@settings(max_examples=300)
@given(st.lists(st.tuples(st.sampled_from([0, 0, 1, 100, 400]), commands), max_size=40))
def test_every_answer_and_every_map_is_the_model_s(steps: list[tuple[int, SeatCommand]]) -> None:
    store, model = Store(), Model()
    for command in (OpenInventory("day", SEATS, LEGS), OpenInventory("night", SEATS, LEGS)):
        store.do(command)
        model.answer(command)
    for elapsed_ms, command in steps:
        store.now_ms += elapsed_ms
        model.now_ms = store.now_ms
        model.expire()
        outcome = store.do(command)
        was_known = isinstance(command, HoldBest) and command.hold in model.holds
        if isinstance(outcome, BestHeld) and outcome.moved:
            assert isinstance(command, HoldBest)
            model.move(command, outcome)
        assert kind_of(outcome, command) == model.answer(command), command
        if isinstance(command, HoldBest) and isinstance(outcome, BestHeld) and not was_known:
            model.take_best(command, outcome.seats)
        for inventory in model.open:
            assert store.taken(inventory) == model.masks(inventory)
        live = [hold.deadline_ms for hold in model.holds.values() if hold.state == "held"]
        assert store.machine.live_holds == len(live)
        assert store.machine.next_expiry_ms() == min(live, default=None)
    for name, known in model.holds.items():
        view = store.machine.hold(name)
        assert view is not None
        assert view.state.value == known.state
        assert set(view.seats) == {seat for (_, seat, _), owner in model.owner.items() if owner == name}


@settings(max_examples=150)
@given(histories)
def test_two_machines_fed_the_same_entries_are_equal(history: list[RandomEntry]) -> None:
    one, other = SeatMachine(), SeatMachine()
    feed(one, history)
    feed(other, history)
    assert one.digest() == other.digest()
    apply_next(other, term=9)
    assert one.digest() != other.digest()


@settings(max_examples=100)
@given(histories)
def test_a_machine_restored_at_any_entry_goes_on_as_if_nothing_had_happened(history: list[RandomEntry]) -> None:
    whole = SeatMachine()
    feed(whole, history)
    machine = SeatMachine()
    for cut in range(len(history) + 1):
        feed(machine, history[:cut])
        restored = SeatMachine.restore(machine.whole_state())
        assert restored.digest() == machine.digest()
        assert restored.next_expiry_ms() == machine.next_expiry_ms()
        assert restored.live_holds == machine.live_holds
        feed(restored, history)
        assert restored.digest() == whole.digest()


@settings(max_examples=150)
@given(histories)
def test_events_tell_every_change_of_a_map(history: list[RandomEntry]) -> None:
    machine = SeatMachine()
    feed(machine, history)
    told = {(event.inventory, event.seat): (event.held, event.sold) for event in machine.take_changes().events}
    for inventory in machine.inventories():
        view = machine.seat_map(inventory)
        assert view is not None
        for seat in SEATS:
            masks = (view.held.get(seat, 0), view.sold.get(seat, 0))
            assert told.get((inventory, seat), (0, 0)) == masks
