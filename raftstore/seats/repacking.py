"""Who could sit elsewhere, so that somebody can travel all the way on one seat?

Passengers who accepted any seat of their kind may change it on all of their own legs at once: to a seat of the same
zone that has at least the features of the one they leave. To free a seat from leg to leg, the first of its passengers
who is in the way moves to a seat that is free on his legs; where there is none, he and whoever sits on another seat of
exactly the same kind change places over a stretch of legs that cuts nobody's journey. If everybody may move, and all
seats are of one kind, the second step makes a seat whenever every leg has a free one: at a leg where one seat is free
and another is not, nobody on the free one crosses into it, so all that follows can be swapped (intervals on a line can
be coloured with as many colours as overlap at one point; Kleinberg & Tardos, Algorithm Design, 4.1).

Which way is tried is a function of the state alone, and how much is tried is bounded (limits.py): a little may be
refused that could be had, so that no command takes long.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from . import limits
from .choosing import choose, rest_beside
from .commands import HoldBest
from .grid import NOBODY, SeatGrid
from .seatmap import leg_mask


class Passenger(NamedTuple):
    """A hold of one seat, at `position`, whose customer accepts another."""

    hold: str
    position: int
    first_leg: int
    end_leg: int

    @property
    def mask(self) -> int:
        return leg_mask(self.first_leg, self.end_leg)


class Repacked(NamedTuple):
    """Seats that are free once everybody in `moves` sits at the position beside his hold."""

    positions: tuple[int, ...]
    moves: tuple[tuple[str, int], ...]


class _Seating:
    """Who sits where, as far as it was thought out."""

    def __init__(self, taken: list[int], here: dict[int, tuple[Passenger, ...]]) -> None:
        self.taken = taken
        self.here = here

    def copy(self) -> "_Seating":
        return _Seating(list(self.taken), dict(self.here))

    def movable(self, position: int) -> int:
        """The legs of a seat whose passengers may leave it."""
        legs = 0
        for passenger in self.here.get(position, ()):
            legs |= passenger.mask
        return legs

    def move(self, passengers: Iterable[Passenger], to: Sequence[int]) -> None:
        """All leave their seats, then all take the new ones."""
        moving = list(zip(passengers, to, strict=True))
        for passenger, _ in moving:
            position = passenger.position
            self.taken[position] &= ~passenger.mask
            self.here[position] = tuple(p for p in self.here[position] if p.hold != passenger.hold)
        for passenger, position in moving:
            self.taken[position] |= passenger.mask
            self.here[position] = (*self.here.get(position, ()), passenger._replace(position=position))


def repack(
    grid: SeatGrid, taken: Sequence[int], legs: int, wish: HoldBest, passengers: Iterable[Passenger]
) -> Repacked | None:
    """Seats for a wish that finds none free, by moving passengers; None if no way was found.

    Args:
        taken: for each position the legs that somebody has.
        passengers: who may be moved, in any order.
    """
    before = sorted(passengers, key=lambda passenger: (passenger.position, passenger.first_leg))
    here: dict[int, tuple[Passenger, ...]] = {}
    for passenger in before:
        here[passenger.position] = (*here.get(passenger.position, ()), passenger)
    seating = _Seating(list(taken), here)
    chosen: list[int] = []
    single = replace(wish, count=1)
    wanted = leg_mask(wish.first_leg, wish.end_leg)
    for _ in range(wish.count):
        found = choose(grid, seating.taken, legs, single)
        if found is None:
            opened = _Opening(grid, legs, single, seating).find()
            if opened is None:
                return None
            seating, position = opened
        else:
            [position] = found
        seating.taken[position] |= wanted
        chosen.append(position)
    now = {passenger.hold: passenger.position for on_seat in seating.here.values() for passenger in on_seat}
    moves = tuple((one.hold, now[one.hold]) for one in before if now[one.hold] != one.position)
    if len(moves) > limits.MAX_MOVES:
        return None
    return Repacked(tuple(sorted(chosen)), moves)


class _Opening:
    """The search for one seat that can be freed."""

    def __init__(self, grid: SeatGrid, legs: int, wish: HoldBest, seating: _Seating) -> None:
        self._legs = legs
        self._seating = seating
        self._wanted = leg_mask(wish.first_leg, wish.end_leg)
        self._steps_left = limits.MAX_REPACK_STEPS
        self._kind: dict[int, tuple[int, int]] = {}
        zones = sum(grid.zones.get(zone, 0) for zone in wish.zones) if wish.zones else -1
        ranked: list[tuple[int, int, int]] = []
        always_taken = self._wanted
        for position, zone, features in zip(grid.slots, grid.zone_bits, grid.features, strict=True):
            if position == NOBODY or not zone & zones or features & wish.must_have != wish.must_have:
                continue
            self._kind[position] = zone, features
            in_the_way = seating.taken[position] & self._wanted
            always_taken &= in_the_way
            if not in_the_way & ~seating.movable(position):
                lacking = (wish.prefer & ~features).bit_count()
                ranked.append((lacking, in_the_way.bit_count(), position))
        # Nobody can leave these seats for one that is not among them, so a leg on which all are taken stays so.
        ranked = [] if always_taken else ranked
        self._starts = [position for *_, position in sorted(ranked)[: limits.MAX_REPACK_STARTS]]

    def find(self) -> tuple[_Seating, int] | None:
        """The seating in which a seat is free, and that seat; the fewer move, the better."""
        best: tuple[_Seating, int] | None = None
        fewest = limits.MAX_MOVES + 1
        for start in self._starts:
            seating = self._seating.copy()
            moved = self._free(seating, start)
            if moved is not None and moved < fewest:
                best, fewest = (seating, start), moved
            if fewest == 1 or not self._steps_left:
                break
        return best

    def _free(self, seating: _Seating, seat: int) -> int | None:
        """Make `seat` free on the wanted legs. Returns how many had to move, None if it cannot be."""
        moved = 0
        while blocked := seating.taken[seat] & self._wanted:
            self._steps_left -= 1
            leg = (blocked & -blocked).bit_length() - 1
            passenger = next((p for p in seating.here.get(seat, ()) if p.mask >> leg & 1), None)
            if passenger is None or self._steps_left < 0:
                return None
            other = self._free_seat_for(seating, passenger)
            if other is not None:
                seating.move([passenger], [other])
                moved += 1
                continue
            swap = self._best_swap(seating, seat, passenger, leg)
            if swap is None:
                return None
            going, coming, other = swap
            seating.move([*going, *coming], [other] * len(going) + [seat] * len(coming))
            moved += len(going) + len(coming)
        return moved

    def _free_seat_for(self, seating: _Seating, passenger: Passenger) -> int | None:
        """Another seat on which all of a passenger's legs are free; the one whose rest is least."""
        zone, features = self._kind[passenger.position]
        mask, taken = passenger.mask, seating.taken
        fitting = [
            position
            for position, (there, has) in self._kind.items()
            if not taken[position] & mask
            and there == zone
            and has & features == features
            and position != passenger.position
        ]
        if not fitting:
            return None
        first_leg, end_leg = passenger.first_leg, passenger.end_leg
        return min(fitting, key=lambda p: (rest_beside(taken[p], first_leg, end_leg, self._legs), p))

    def _best_swap(
        self, seating: _Seating, seat: int, passenger: Passenger, leg: int
    ) -> tuple[list[Passenger], list[Passenger], int] | None:
        """Who leaves `seat` and who comes instead from another that is free on `leg`: the fewest."""
        best: tuple[list[Passenger], list[Passenger], int] | None = None
        tried = 0
        for other, kind in self._kind.items():
            if kind != self._kind[seat] or other == seat or seating.taken[other] >> leg & 1:
                continue
            swap = _swap(seating, seat, other, passenger)
            if swap is not None and (best is None or len(swap[0]) + len(swap[1]) < len(best[0]) + len(best[1])):
                best = (*swap, other)
            tried += 1
            if tried == limits.MAX_SWAPS_TRIED:
                break
        return best


def _swap(
    seating: _Seating, seat: int, other: int, passenger: Passenger
) -> tuple[list[Passenger], list[Passenger]] | None:
    """Who would change places so that `passenger` comes to the other seat: all on either seat over the shortest stretch
    of legs that cuts nobody's journey. None if somebody among them may not be moved.
    """
    first, end = passenger.first_leg, passenger.end_leg
    while True:
        stretch = leg_mask(first, end)
        going = [p for p in seating.here.get(seat, ()) if p.mask & stretch]
        coming = [p for p in seating.here.get(other, ()) if p.mask & stretch]
        both = [*going, *coming]
        wider = min(p.first_leg for p in both), max(p.end_leg for p in both)
        if wider == (first, end):
            break
        first, end = wider
    for position, those in ((seat, going), (other, coming)):
        if seating.taken[position] & stretch != sum(p.mask for p in those):
            return None
    return going, coming
