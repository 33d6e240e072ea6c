"""What does each operation do to the seats, and what does it answer? The sequential specification, rule by rule.

Every rule returns the state afterwards, the very same one if nothing changed, or None if the operation would have
given another answer than the one that was seen. An answer of None was seen by nobody: it fits whatever happened.
"""

from typing import assert_never

from raftstore.seats import commands as c
from raftstore.seats import limits
from raftstore.seats.commands import HoldState, RefusalCode

from .choices import Hall, Movable, choice_of
from .histories import Absent, Answer, Argument, ReadHold, ReadSeatMap
from .seat_state import KnownHold, KnownInventory, Span, State, leg_bits


def carry_out(state: State, argument: Argument, answer: Answer | None, moment: Span) -> State | None:
    """Carry `argument` out at some replicated time in `moment`; expiry up to `state.now` has been seen to."""
    match argument:
        case c.Hold():
            return _hold(state, argument, answer, moment)
        case c.HoldBest():
            return _hold_best(state, argument, answer, moment)
        case c.Extend():
            return _extend(state, argument, answer, moment)
        case c.Confirm():
            return _confirm(state, argument, answer)
        case c.Release():
            return _release(state, argument, answer)
        case c.Cancel():
            return _cancel(state, argument, answer)
        case c.Exchange():
            return _exchange(state, argument, answer, moment)
        case c.OpenInventory():
            return _open(state, argument, answer)
        case c.CloseInventory():
            return _close(state, argument, answer)
        case ReadSeatMap():
            return _read_seat_map(state, argument, answer)
        case ReadHold():
            return _read_hold(state, argument, answer)
        case _:
            assert_never(argument)


def _if_fits(state: State, answer: Answer | None, expected: Answer) -> State | None:
    return state if answer is None or answer == expected else None


def _if_refused(
    state: State, answer: Answer | None, code: RefusalCode, hold_state: HoldState | None = None
) -> State | None:
    """A refusal's text is for people and not part of the specification."""
    if answer is None:
        return state
    fits = isinstance(answer, c.Refused) and (answer.code, answer.hold_state) == (code, hold_state)
    return state if fits else None


# --- Inventories ------------------------------------------------------------------------------------


def _open(state: State, command: c.OpenInventory, answer: Answer | None) -> State | None:
    if limits.fault_in(command):
        return _if_refused(state, answer, RefusalCode.INVALID)
    known = state.inventories.get(command.inventory)
    if known and (known.seats, known.legs) != (command.seats, command.legs):
        return _if_refused(state, answer, RefusalCode.LAYOUT_CHANGED)
    if _if_fits(state, answer, c.Opened(command.inventory)) is None:
        return None
    places = command.places or (known.places if known else ())
    if known and known.open and known.places == places:
        return state
    if known:
        opened = known._replace(open=True, places=places)
    else:
        opened = KnownInventory(command.seats, command.legs, True, {}, {}, places)
    return state.with_inventory(command.inventory, opened)


def _close(state: State, command: c.CloseInventory, answer: Answer | None) -> State | None:
    if limits.fault_in(command):
        return _if_refused(state, answer, RefusalCode.INVALID)
    known = state.inventories.get(command.inventory)
    if known is None:
        return _if_refused(state, answer, RefusalCode.UNKNOWN_INVENTORY)
    if _if_fits(state, answer, c.Closed(command.inventory)) is None:
        return None
    return state.with_inventory(command.inventory, known._replace(open=False)) if known.open else state


def _read_seat_map(state: State, read: ReadSeatMap, answer: Answer | None) -> State | None:
    known = state.inventories.get(read.inventory)
    if known is None:
        return _if_fits(state, answer, Absent())
    if answer is None:
        return state
    fits = (
        isinstance(answer, c.SeatMap)
        and (answer.inventory, answer.open) == (read.inventory, known.open)
        and (answer.legs, answer.seat_count) == (known.legs, len(known.seats))
        and answer.held == known.held
        and answer.sold == known.sold
    )
    return state if fits else None


# --- Holds ------------------------------------------------------------------------------------------


def _hold(state: State, command: c.Hold, answer: Answer | None, moment: Span) -> State | None:
    if fault := _fault_in_place(state, command):
        return _if_refused(state, answer, fault)
    known = state.holds.get(command.hold)
    if known:
        if known.state is HoldState.HELD and _is_for(known, command):
            return _tells_deadline(state, command.hold, known, answer)
        return _if_refused(state, answer, RefusalCode.HOLD_ID_REUSED)
    if not state.inventories[command.inventory].open:
        return _if_refused(state, answer, RefusalCode.INVENTORY_CLOSED)
    if conflicts := _conflicts(state, command):
        return _if_fits(state, answer, c.Taken(conflicts))
    if answer is not None and answer != c.Held(command.hold, state.now + command.ttl_ms, state.now):
        return None
    deadline = Span(moment.earliest + command.ttl_ms, moment.latest + command.ttl_ms)
    return state.with_hold(command.hold, _new_hold(command, HoldState.HELD, moment, deadline))


def _hold_best(state: State, command: c.HoldBest, answer: Answer | None, moment: Span) -> State | None:
    name, inventory = command.hold, state.inventories.get(command.inventory)
    if limits.fault_in(command):
        return _if_refused(state, answer, RefusalCode.INVALID)
    if inventory is None:
        return _if_refused(state, answer, RefusalCode.UNKNOWN_INVENTORY)
    if command.end_leg > inventory.legs:
        return _if_refused(state, answer, RefusalCode.INVALID)
    known = state.holds.get(name)
    if known:
        has = (known.inventory, len(known.seats), known.first_leg, known.end_leg, known.movable)
        asked = (command.inventory, command.count, command.first_leg, command.end_leg, command.movable)
        if known.state is not HoldState.HELD or has != asked:
            return _if_refused(state, answer, RefusalCode.HOLD_ID_REUSED)
        if isinstance(answer, c.BestHeld) and answer.seats != known.seats:
            return None
        return _tells_deadline(state, name, known, answer)
    if not inventory.open:
        return _if_refused(state, answer, RefusalCode.INVENTORY_CLOSED)
    hall = Hall(inventory.seats, inventory.places, inventory.legs)
    movable = [
        Movable(other, *hold.seats, hold.first_leg, hold.end_leg)
        for other, hold in state.holds.items()
        if hold.movable and hold.inventory == command.inventory and hold.kept and len(hold.seats) == 1
    ]
    choice = choice_of(command, hall, lambda seat: state.taken(command.inventory, seat), movable)
    if choice is None:
        return _if_refused(state, answer, RefusalCode.NO_SEATS)
    seats = choice.seats
    held = c.BestHeld(name, seats, state.now + command.ttl_ms, state.now, choice.moves)
    if answer is not None and answer != held:
        return None
    state = state.moved(choice.moves)
    deadline = Span(moment.earliest + command.ttl_ms, moment.latest + command.ttl_ms)
    legs = (command.first_leg, command.end_leg)
    made = KnownHold(command.inventory, HoldState.HELD, seats, seats, *legs, moment, deadline, movable=command.movable)
    return state.with_hold(name, made)


def _extend(state: State, command: c.Extend, answer: Answer | None, moment: Span) -> State | None:
    if limits.fault_in(command):
        return _if_refused(state, answer, RefusalCode.INVALID)
    known = state.holds.get(command.hold)
    if known is None:
        return _if_refused(state, answer, RefusalCode.UNKNOWN_HOLD)
    if known.state is not HoldState.HELD:
        return _if_refused(state, answer, RefusalCode.HOLD_ENDED, known.state)
    ttl_ms, deadline = command.ttl_ms, known.deadline
    longest = Span(*[created + limits.MAX_HOLD_LIFETIME_MS for created in known.created])
    wanted = state.now + ttl_ms
    match answer:
        case None:
            wanted = moment.earliest + ttl_ms
            if wanted > longest.latest:
                return state
            latest = min(moment.latest + ttl_ms, longest.latest)
            extended = Span(max(deadline.earliest, wanted), max(deadline.latest, latest))
            return state.with_hold(command.hold, known._replace(deadline=extended)) if extended != deadline else state
        case c.Held(expires_at_ms=told):
            if told == wanted and deadline.earliest <= wanted <= longest.latest:
                at_wanted = known._replace(deadline=Span(wanted, wanted))
                return state.with_hold(command.hold, at_wanted) if known != at_wanted else state
            return _tells_deadline(state, command.hold, known, answer) if told > wanted else None
        case c.Refused(code=RefusalCode.LIFETIME_EXCEEDED):
            # It came too late for this, and late enough that the deadline would have moved.
            soonest = max(state.now, longest.earliest - ttl_ms + 1, deadline.earliest - ttl_ms + 1)
            return state.at(soonest) if soonest <= moment.latest else None
        case _:
            return None


def _confirm(state: State, command: c.Confirm, answer: Answer | None) -> State | None:
    known = state.holds.get(command.hold)
    if known is None:
        return _if_refused(state, answer, RefusalCode.UNKNOWN_HOLD)
    if known.state not in (HoldState.HELD, HoldState.CONFIRMED):
        return _if_refused(state, answer, RefusalCode.HOLD_ENDED, known.state)
    if _if_fits(state, answer, c.Confirmed(command.hold)) is None or known.state is HoldState.CONFIRMED:
        return _if_fits(state, answer, c.Confirmed(command.hold))
    return state.with_hold(command.hold, known._replace(state=HoldState.CONFIRMED))


def _release(state: State, command: c.Release, answer: Answer | None) -> State | None:
    known = state.holds.get(command.hold)
    if known is None:
        return _if_refused(state, answer, RefusalCode.UNKNOWN_HOLD)
    if known.state in (HoldState.CONFIRMED, HoldState.CANCELLED):
        return _if_refused(state, answer, RefusalCode.HOLD_ENDED, known.state)
    if _if_fits(state, answer, c.Released(command.hold)) is None or known.state is not HoldState.HELD:
        return _if_fits(state, answer, c.Released(command.hold))
    return state.ended(command.hold, HoldState.RELEASED)


def _cancel(state: State, command: c.Cancel, answer: Answer | None) -> State | None:
    if limits.fault_in(command):
        return _if_refused(state, answer, RefusalCode.INVALID)
    known = state.holds.get(command.hold)
    if known is None:
        return _if_refused(state, answer, RefusalCode.UNKNOWN_HOLD)
    if known.state not in (HoldState.CONFIRMED, HoldState.CANCELLED):
        return _if_refused(state, answer, RefusalCode.HOLD_NOT_CONFIRMED, known.state)
    if not set(command.seats) <= set(known.seats):
        return _if_refused(state, answer, RefusalCode.UNKNOWN_SEAT)
    leaving = command.seats or known.seats
    if _if_fits(state, answer, c.Cancelled(command.hold, leaving)) is None:
        return None
    kept = tuple(seat for seat in known.kept if seat not in leaving)
    if kept == known.kept:
        return state
    if not kept:
        return state.ended(command.hold, HoldState.CANCELLED)
    return state.with_hold(command.hold, known._replace(kept=kept))


def _exchange(state: State, command: c.Exchange, answer: Answer | None, moment: Span) -> State | None:
    old, new = state.holds.get(command.hold), state.holds.get(command.new_hold)
    if limits.fault_in(command):
        return _if_refused(state, answer, RefusalCode.INVALID)
    if old is None:
        return _if_refused(state, answer, RefusalCode.UNKNOWN_HOLD)
    if fault := _fault_in_place(state, command):
        return _if_refused(state, answer, fault)
    if new:
        if (old.state, new.state) == (HoldState.CANCELLED, HoldState.CONFIRMED) and _is_for(new, command):
            return _if_fits(state, answer, c.Exchanged(command.hold, command.new_hold))
        return _if_refused(state, answer, RefusalCode.HOLD_ID_REUSED)
    if old.state is not HoldState.CONFIRMED:
        return _if_refused(state, answer, RefusalCode.HOLD_NOT_CONFIRMED, old.state)
    if not state.inventories[command.inventory].open:
        return _if_refused(state, answer, RefusalCode.INVENTORY_CLOSED)
    given_back = state.ended(command.hold, HoldState.CANCELLED)
    if conflicts := _conflicts(given_back, command):
        return _if_fits(state, answer, c.Taken(conflicts))
    if _if_fits(state, answer, c.Exchanged(command.hold, command.new_hold)) is None:
        return None
    return given_back.with_hold(command.new_hold, _new_hold(command, HoldState.CONFIRMED, moment, moment))


def _read_hold(state: State, read: ReadHold, answer: Answer | None) -> State | None:
    known = state.holds.get(read.hold)
    if known is None:
        return _if_fits(state, answer, Absent())
    if answer is None:
        return state
    if not isinstance(answer, c.HoldView):
        return None
    fits = (
        (answer.hold, answer.inventory, answer.state) == (read.hold, known.inventory, known.state)
        and (answer.seats, answer.first_leg, answer.end_leg) == (known.kept, known.first_leg, known.end_leg)
        and answer.movable is known.movable
        and known.deadline.earliest <= answer.expires_at_ms <= known.deadline.latest
    )
    if not fits:
        return None
    return _with_deadline(state, read.hold, known, answer.expires_at_ms)


# --- What several of them ask -----------------------------------------------------------------------


def _fault_in_place(state: State, command: c.Hold | c.Exchange) -> RefusalCode | None:
    """Why this inventory cannot have what is asked for, whoever has its seats."""
    if limits.fault_in(command):
        return RefusalCode.INVALID
    known = state.inventories.get(command.inventory)
    if known is None:
        return RefusalCode.UNKNOWN_INVENTORY
    if command.end_leg > known.legs:
        return RefusalCode.INVALID
    return RefusalCode.UNKNOWN_SEAT if not set(command.seats) <= set(known.seats) else None


def _is_for(known: KnownHold, command: c.Hold | c.Exchange) -> bool:
    movable = isinstance(command, c.Exchange) and command.movable
    asked = (command.inventory, len(command.seats), command.first_leg, command.end_leg, movable)
    has = (known.inventory, len(known.seats), known.first_leg, known.end_leg, known.movable)
    # One that is movable may have been moved since.
    return has == asked and (movable or known.seats == command.seats)


def _conflicts(state: State, command: c.Hold | c.Exchange) -> tuple[str, ...]:
    mask = leg_bits(command.first_leg, command.end_leg)
    return tuple(seat for seat in command.seats if state.taken(command.inventory, seat) & mask)


def _new_hold(command: c.Hold | c.Exchange, state: HoldState, created: Span, deadline: Span) -> KnownHold:
    seats, movable = command.seats, isinstance(command, c.Exchange) and command.movable
    legs = (command.first_leg, command.end_leg)
    return KnownHold(command.inventory, state, seats, seats, *legs, created, deadline, movable=movable)


def _tells_deadline(state: State, name: str, known: KnownHold, answer: Answer | None) -> State | None:
    """A hold that was there before is answered with its deadline, which is known exactly from here on."""
    if answer is None:
        return state
    if not isinstance(answer, c.Held | c.BestHeld) or answer.hold != name:
        return None
    if not known.deadline.earliest <= answer.expires_at_ms <= known.deadline.latest:
        return None
    return _with_deadline(state, name, known, answer.expires_at_ms)


def _with_deadline(state: State, name: str, known: KnownHold, deadline_ms: int) -> State:
    exactly = Span(deadline_ms, deadline_ms)
    return state if known.deadline == exactly else state.with_hold(name, known._replace(deadline=exactly))
