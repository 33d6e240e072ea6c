"""Random journeys on a train of 500 seats and 10 legs: how many get a seat, by how the seat is chosen?

The state machine alone, without a cluster. Requests come one by one, each for one passenger, and each is answered
before the next is known. Two crowds: one that just fills the train if everybody is seated well (the ten legs of every
seat, cut at random into journeys, in random order), and one of about twice as many random journeys as can be carried,
which is full in the middle whatever one does.

Sides: the first seat that is free (first fit); the one whose free legs break least; and with moving those who accept
another seat, half of all passengers or all of them. Beside them what cannot be beaten: whoever comes gets in if every
leg has a free seat somewhere, and the optimum of somebody who knows all requests beforehand and refuses whom he likes.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from time import perf_counter

from raftstore.seats.commands import BestHeld, Command, Held, Hold, HoldBest, OpenInventory, Outcome, Request
from raftstore.seats.machine import SeatMachine

from .measuring.benchmark import Benchmark, BenchmarkFailed, Figures, Findings, Row, Run, Setting
from .measuring.comparing import Side, in_turn, medians, percentile, times
from .peers.offline_optimum import Journey, best_value

TRAIN = "train"
SEATS, LEGS, CROWD = 500, 10, 2_000
# How likely a seat's passenger gets off at a stop.
CUT = 0.2
QUICK = 20
TTL_MS = 3_600_000
FIRST_FIT, AWARE, HALF, ALL = "first fit", "least broken", "half may be moved", "all may be moved"
CEILING, OPTIMUM = "a free seat on every leg", "offline optimum"


@dataclass(frozen=True, slots=True)
class Demand:
    """Journeys in the order in which they are asked for; `agrees` says which half of them would move."""

    seats: int
    journeys: tuple[Journey, ...]
    agrees: tuple[bool, ...]


Serve = Callable[[Demand], tuple[list[Journey], list[float]]]


def fitting(number: int, seats: int) -> Demand:
    """That of a run, the same for all sides: journeys for exactly all seats on all legs."""
    random = Random(f"fitting {number}")
    journeys = []
    for _ in range(seats):
        ends = [stop for stop in range(1, LEGS) if random.random() < CUT] + [LEGS]
        journeys += list(zip([0, *ends], ends, strict=False))
    random.shuffle(journeys)
    return Demand(seats, tuple(journeys), tuple(random.random() < 0.5 for _ in journeys))


def overfull(number: int, seats: int) -> Demand:
    """Likewise, between two stops that are drawn at random: about twice as much as there is room for in the middle."""
    random = Random(f"overfull {number}")
    pairs = [sorted(random.sample(range(LEGS + 1), 2)) for _ in range(CROWD * seats // SEATS)]
    return Demand(seats, tuple((first, end) for first, end in pairs), tuple(random.random() < 0.5 for _ in pairs))


# --- Sides ----------------------------------------------------------------------------------------


class Train:
    """A state machine with one train on sale."""

    def __init__(self, seats: int) -> None:
        self._machine = SeatMachine()
        self._requests = 0
        self.names = tuple(str(seat) for seat in range(1, seats + 1))
        self.times_ms: list[float] = []
        self.do(OpenInventory(TRAIN, self.names, LEGS))

    def do(self, command: Command) -> Outcome:
        self._requests += 1
        began_s = perf_counter()
        [outcome] = self._machine.apply(
            index=self._requests,
            term=1,
            kind=1,
            data=b"",
            time_ms=0,
            wall_ms=0,
            requests=[Request(f"r{self._requests}", command)],
            membership=None,
        ).outcomes
        self.times_ms.append((perf_counter() - began_s) * 1_000)
        return outcome


def by_first_fit(wanted: Demand) -> tuple[list[Journey], list[float]]:
    """By name: the first seat in order that has none of the legs taken."""
    train, accepted = Train(wanted.seats), []
    taken = dict.fromkeys(train.names, 0)
    for number, (first, end) in enumerate(wanted.journeys):
        mask = (1 << end) - (1 << first)
        seat = next((name for name, legs in taken.items() if not legs & mask), None)
        if seat is not None:
            if not isinstance(train.do(Hold(TRAIN, f"h{number}", (seat,), first, end, TTL_MS)), Held):
                raise BenchmarkFailed(f"seat {seat} was free, and not given")
            taken[seat] |= mask
            accepted.append((first, end))
    return accepted, train.times_ms


def by_the_store(may_move: Callable[[bool], bool], *, repack: bool) -> Serve:
    """`may_move` tells, from whether a passenger is of the half that agrees, whether he may be moved."""

    def serve(wanted: Demand) -> tuple[list[Journey], list[float]]:
        train, accepted = Train(wanted.seats), []
        for number, ((first, end), agrees) in enumerate(zip(wanted.journeys, wanted.agrees, strict=True)):
            movable = may_move(agrees)
            wish = HoldBest(TRAIN, f"h{number}", 1, first, end, TTL_MS, movable=movable, repack=repack)
            if isinstance(train.do(wish), BestHeld):
                accepted.append((first, end))
        return accepted, train.times_ms

    return serve


def by_free_legs(wanted: Demand) -> tuple[list[Journey], list[float]]:
    """Nobody who sees one request at a time and refuses none that fits can do better."""
    load = [0] * LEGS
    accepted = []
    for first, end in wanted.journeys:
        if max(load[first:end]) < wanted.seats:
            accepted.append((first, end))
            for leg in range(first, end):
                load[leg] += 1
    return accepted, []


def online(setting: Setting, serve: Serve) -> Side:
    def run(number: int) -> Run:
        figures: dict[str, float] = {}
        times_ms: list[float] = []
        for name, wanted in demands(setting, number):
            accepted, took_ms = serve(wanted)
            times_ms += took_ms
            figures |= {f"{name}_journeys": len(accepted), f"{name}_seat_legs": sum(map(length, accepted))}
        return Run(figures | ({"command_p99_ms": round(percentile(times_ms, 99), 2)} if times_ms else {}))

    return run


def offline(setting: Setting) -> Side:
    """The most journeys, and the most legs: two different sets."""

    def run(number: int) -> Run:
        figures: dict[str, float] = {}
        for name, of in demands(setting, number):
            figures[f"{name}_journeys"] = best_value(of.journeys, seats=of.seats, legs=LEGS, value=lambda journey: 1)
            figures[f"{name}_seat_legs"] = best_value(of.journeys, seats=of.seats, legs=LEGS, value=length)
        return Run(figures)

    return run


def demands(setting: Setting, number: int) -> Iterator[tuple[str, Demand]]:
    seats = SEATS // QUICK if setting.quick else SEATS
    yield "fitting", fitting(number, seats)
    yield "overfull", overfull(number, seats)


def length(journey: Journey) -> int:
    return journey[1] - journey[0]


# --- What was found -------------------------------------------------------------------------------


def measure(setting: Setting) -> Findings:
    sides = {
        ALL: online(setting, by_the_store(lambda agrees: True, repack=True)),
        HALF: online(setting, by_the_store(lambda agrees: agrees, repack=True)),
        AWARE: online(setting, by_the_store(lambda agrees: False, repack=False)),
        FIRST_FIT: online(setting, by_first_fit),
        CEILING: online(setting, by_free_legs),
        OPTIMUM: offline(setting),
    }
    runs = in_turn(sides, setting.runs)
    found = {name: medians(made) for name, made in runs.items()}
    rows = [
        _row("fitting_journeys", "journeys that just fit the train, accepted: the least broken seat", AWARE, found),
        _row("fitting_journeys", "the same, and half of the passengers may be moved", HALF, found),
        _row("fitting_journeys", "the same, and all of them may be", ALL, found),
        _row("overfull_seat_legs", "twice as many as fit, seat-legs sold: all may be moved", ALL, found),
    ]
    return Findings(rows, runs)


def _row(figure: str, promise: str, side: str, found: Mapping[str, Figures]) -> Row:
    ours, first, ceiling, best = (found[name][figure] for name in (side, FIRST_FIT, CEILING, OPTIMUM))
    full_anyway = figure.startswith("overfull")
    return Row(
        promise=promise,
        target="all that first come, first served allows" if full_anyway else "more than with the first free seat",
        ours=f"{ours:,.0f}",
        peer=f"first fit: {first:,.0f}; free on every leg: {ceiling:,.0f}; offline optimum: {best:,.0f}",
        ratio=f"{times(ours, first):.2f} x",
        reached=ours >= ceiling if full_anyway else ours > first,
    )


BENCHMARK = Benchmark("seat_choice", "journeys that get a seat, by how it is chosen; beside the optimum", measure)
