"""Histories of true executions, drawn at random: what several clients of one perfect store would have seen."""

from dataclasses import dataclass, field, replace
from heapq import heapify, heapreplace
from random import Random

from raftstore.seats import commands as c
from raftstore.seats.machine import SeatMachine
from raftstore.seats.tests.store import apply_next
from raftstore.sim.histories import Absent, Answer, Argument, Operation, ReadHold, ReadSeatMap

FIRST_TIME_MS = 1_000_000
NS = 1_000_000


@dataclass
class Execution:
    """One store that decides at one moment between each operation's start and its end."""

    random: Random
    clients: int = 3
    inventories: int = 2
    seats: int = 2
    legs: int = 2
    latency_ms: float = 20
    pause_ms: float = 60
    # The part of the operations whose answer is lost; half of them happen.
    lost: float = 0.0
    exchanges: bool = True
    # Whether clients leave the choice of seats to the store.
    choices: bool = True
    machine: SeatMachine = field(default_factory=SeatMachine)
    holds: list[str] = field(default_factory=list)

    def history(self, operations: int) -> list[Operation]:
        """Opens the inventories, then `operations` more."""
        opened = [self._opening(number) for number in range(self.inventories)]
        moments = []
        free_at = [(0.0, client) for client in range(self.clients)]
        heapify(free_at)
        for _ in range(operations):
            start, client = free_at[0]
            decided = start + self.random.random() * self.latency_ms
            end = decided + self.random.random() * self.latency_ms
            moments.append((decided, start, end, client))
            heapreplace(free_at, (end + 0.001 + self.random.random() * self.pause_ms, client))
        return opened + [self._operation(*moment) for moment in sorted(moments)]

    def _opening(self, number: int) -> Operation:
        argument = c.OpenInventory(f"inventory-{number}", self._seat_names(), self.legs, self._places())
        answer = self.carry_out(argument, FIRST_TIME_MS)
        return Operation.begun(self.clients, argument, number * NS).ended(number * NS + 1, answer)

    def _operation(self, decided: float, start: float, end: float, client: int) -> Operation:
        offset_ms = 1_000
        argument = self._draw()
        operation = Operation.begun(client, argument, int((offset_ms + start) * NS))
        is_lost = self.random.random() < self.lost
        if is_lost and self.random.random() < 0.5:
            return operation
        answer = self.carry_out(argument, FIRST_TIME_MS + offset_ms + int(decided))
        return operation if is_lost else operation.ended(int((offset_ms + end) * NS), answer)

    def carry_out(self, argument: Argument, time_ms: int) -> Answer:
        """As the store does it: a read sees the time of the last entry."""
        if isinstance(argument, ReadSeatMap):
            return self.machine.seat_map(argument.inventory) or Absent()
        if isinstance(argument, ReadHold):
            return self.machine.hold(argument.hold) or Absent()
        request = c.Request(f"request-{self.machine.applied_index}", argument)
        return apply_next(self.machine, request, time_ms=time_ms).outcomes[0]

    def _seat_names(self) -> tuple[str, ...]:
        return tuple(f"A-{number}" for number in range(self.seats))

    def _places(self) -> tuple[c.SeatPlace, ...]:
        """One row, the last seat the best."""
        return tuple(c.SeatPlace("", "A", number, 0, self.seats - number) for number in range(self.seats))

    def _draw(self) -> Argument:
        draw = self.random
        inventory = f"inventory-{draw.randrange(self.inventories)}"
        hold = draw.choice(self.holds[-6:]) if self.holds else "nobody"
        kinds = ["hold"] * 7 + ["confirm"] * 4 + ["release", "cancel", "extend", "read_hold"] * 2
        kinds += ["best"] * 5 * self.choices
        kinds += ["read_map"] * 2 + ["open", "close"] + ["exchange"] * 2 * self.exchanges
        match draw.choice(kinds):
            case "hold":
                return c.Hold(inventory, self._new_hold(), *self._wish(), draw.choice([100, 150, 250, 600]))
            case "best":
                seats, *legs = self._wish()
                wish = c.HoldBest(inventory, self._new_hold(), len(seats), *legs, draw.choice([100, 150, 250, 600]))
                together, movable, repack = (draw.random() < share for share in (0.3, 0.7, 0.7))
                return replace(wish, together=together, movable=movable, repack=repack)
            case "exchange":
                return c.Exchange(hold, self._new_hold(), inventory, *self._wish())
            case "confirm":
                return c.Confirm(hold)
            case "release":
                return c.Release(hold)
            case "cancel":
                return c.Cancel(hold)
            case "extend":
                return c.Extend(hold, draw.choice([100, 300]))
            case "read_hold":
                return ReadHold(hold)
            case "read_map":
                return ReadSeatMap(inventory)
            case "open":
                return c.OpenInventory(inventory, self._seat_names(), self.legs, self._places())
            case _:
                return c.CloseInventory(inventory)

    def _new_hold(self) -> str:
        self.holds.append(f"hold-{len(self.holds)}")
        return self.holds[-1]

    def _wish(self) -> tuple[tuple[str, ...], int, int]:
        first_leg = self.random.randrange(self.legs)
        seats = tuple(self.random.sample(self._seat_names(), self.random.randint(1, min(2, self.seats))))
        return seats, first_leg, self.random.randint(first_leg + 1, self.legs)


def with_a_lie(history: list[Operation], random: Random) -> list[Operation]:
    """The same history, but one answer is another's, or tells another time, or comes later than it could."""
    answered = [number for number, operation in enumerate(history) if operation.outcome is not None]
    chosen = random.choice(answered)
    operation = history[chosen]
    answer = operation.outcome
    if isinstance(answer, c.Held | c.BestHeld) and random.random() < 0.5:
        shift = random.choice([-40, 3, 200])
        lie: Answer | None = replace(answer, now_ms=answer.now_ms + shift, expires_at_ms=answer.expires_at_ms + shift)
    elif isinstance(answer, c.SeatMap) and random.random() < 0.5:
        lie = replace(answer, held={}) if answer.held else replace(answer, sold={"A-0": 1})
    else:
        lie = random.choice([history[other].outcome for other in answered] + [c.Taken(("A-0",))])
    return [*history[:chosen], replace(operation, outcome=lie), *history[chosen + 1 :]]
