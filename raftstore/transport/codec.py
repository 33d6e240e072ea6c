"""Commands, outcomes and views between values (seats/commands.py) and the wire (rpc/seatstore.proto)."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from raftstore.errors import MalformedMessage
from raftstore.rpc import seatstore_pb2 as pb
from raftstore.seats import commands as c
from raftstore.seats.gate_commands import GateClosed
from raftstore.seats.listing import HoldPage, ListedHold
from raftstore.value import value

from .gates_codec import GATE_COMMANDS, decode_gate, decode_visitor, encode_at_gate, encode_outcome_at_gate
from .places_codec import (
    decode_best_held,
    decode_hold_best,
    decode_places,
    encode_best_held,
    encode_hold_best,
    encode_places,
)

E = TypeVar("E", bound=StrEnum)

# --- Commands -------------------------------------------------------------------------------------


def encode_request(request: c.Request) -> pb.Request:
    wire = pb.Request(request_id=request.request_id)
    if request.session:
        wire.session, wire.sequence = request.session, request.sequence
        wire.acknowledged_below = request.acknowledged_below
    match request.command:
        case c.Hold(inventory, hold, seats, first_leg, end_leg, ttl_ms):
            # Most of all requests are one: setting fields takes half the time of copying a message.
            to_hold = wire.hold
            to_hold.inventory, to_hold.hold = inventory, hold
            to_hold.seats.extend(seats)
            to_hold.first_leg, to_hold.end_leg, to_hold.ttl_ms = first_leg, end_leg, ttl_ms
        case c.HoldBest():
            encode_hold_best(request.command, wire.hold_best)
        case c.OpenInventory(inventory, seats, legs, places):
            wire.open_inventory.CopyFrom(pb.OpenInventory(inventory=inventory, seats=seats, legs=legs))
            if places:
                wire.open_inventory.places.CopyFrom(encode_places(places))
        case c.CloseInventory(inventory):
            wire.close_inventory.CopyFrom(pb.CloseInventory(inventory=inventory))
        case c.Extend(hold, ttl_ms):
            wire.extend.CopyFrom(pb.Extend(hold=hold, ttl_ms=ttl_ms))
        case c.Confirm(hold):
            wire.confirm.CopyFrom(pb.Confirm(hold=hold))
        case c.Release(hold):
            wire.release.CopyFrom(pb.Release(hold=hold))
        case c.Cancel(hold, seats):
            wire.cancel.CopyFrom(pb.Cancel(hold=hold, seats=seats))
        case c.Exchange(hold, new_hold, inventory, seats, first_leg, end_leg, movable):
            wire.exchange.CopyFrom(
                pb.Exchange(
                    hold=hold,
                    new_hold=new_hold,
                    inventory=inventory,
                    seats=seats,
                    first_leg=first_leg,
                    end_leg=end_leg,
                    movable=movable,
                )
            )
        case c.OpenSession():
            wire.open_session.SetInParent()
        case _:
            encode_at_gate(request.command, wire)
    return wire


_COMMANDS: dict[str, Callable[[Any], c.Command | c.OpenSession]] = {
    "open_inventory": lambda m: c.OpenInventory(m.inventory, tuple(m.seats), m.legs, decode_places(m.places)),
    "close_inventory": lambda m: c.CloseInventory(m.inventory),
    "hold": lambda m: c.Hold(m.inventory, m.hold, tuple(m.seats[:]), m.first_leg, m.end_leg, m.ttl_ms),
    "hold_best": decode_hold_best,
    "extend": lambda m: c.Extend(m.hold, m.ttl_ms),
    "confirm": lambda m: c.Confirm(m.hold),
    "release": lambda m: c.Release(m.hold),
    "cancel": lambda m: c.Cancel(m.hold, tuple(m.seats)),
    "exchange": lambda m: c.Exchange(
        m.hold, m.new_hold, m.inventory, tuple(m.seats), m.first_leg, m.end_leg, m.movable
    ),
    "open_session": lambda m: c.OpenSession(),
    **GATE_COMMANDS,
}


def decode_request(wire: pb.Request) -> c.Request:
    """
    Raises:
        MalformedMessage: no command this version knows is in it.
    """
    name = wire.WhichOneof("command")
    if name is None:
        raise MalformedMessage(f"request {wire.request_id!r} carries no command this version knows")
    command = _COMMANDS[name](getattr(wire, name))
    return c.Request(wire.request_id, command, wire.session, wire.sequence, wire.acknowledged_below)


@value
class Payload:
    """A COMMAND entry's content; see EntryPayload in seatstore.proto."""

    time_ms: int
    wall_ms: int
    requests: tuple[c.Request, ...]


def encode_payload(time_ms: int, wall_ms: int, requests: list[pb.Request]) -> bytes:
    return pb.EntryPayload(time_ms=time_ms, wall_ms=wall_ms, requests=requests).SerializeToString()


def decode_payload(data: bytes) -> Payload:
    """
    Raises:
        MalformedMessage: a request in it carries no command that this version knows.
    """
    wire = pb.EntryPayload.FromString(data)
    return Payload(wire.time_ms, wire.wall_ms, tuple(decode_request(request) for request in wire.requests))


# --- Outcomes -------------------------------------------------------------------------------------


def encode_outcome(outcome: c.Outcome) -> pb.Outcome:
    match outcome:
        case c.Opened(inventory):
            return pb.Outcome(opened=inventory)
        case c.Closed(inventory):
            return pb.Outcome(closed=inventory)
        case c.Held(hold, expires_at_ms, now_ms):
            wire = pb.Outcome()
            held = wire.held
            held.hold, held.expires_at_ms, held.now_ms = hold, expires_at_ms, now_ms
            return wire
        case c.Taken(conflicts):
            return pb.Outcome(taken=pb.Taken(conflicts=conflicts))
        case c.Confirmed(hold):
            return pb.Outcome(confirmed=hold)
        case c.Released(hold):
            return pb.Outcome(released=hold)
        case c.Cancelled(hold, seats):
            return pb.Outcome(cancelled=pb.Cancelled(hold=hold, seats=seats))
        case c.Exchanged(hold, new_hold):
            return pb.Outcome(exchanged=pb.Exchanged(hold=hold, new_hold=new_hold))
        case c.BestHeld():
            return pb.Outcome(best_held=encode_best_held(outcome))
        case c.SessionOpened(session):
            return pb.Outcome(session_opened=session)
        case c.Refused(code, detail, hold_state):
            return pb.Outcome(refused=pb.Refused(code=code, detail=detail, hold_state=hold_state or ""))
        case _:
            return encode_outcome_at_gate(outcome)


def _known(enumeration: type[E], value: str) -> E:
    try:
        return enumeration(value)
    except ValueError as error:
        raise MalformedMessage(f"{value!r} is not a {enumeration.__name__} that this version knows") from error


_OUTCOMES: dict[str, Callable[[Any], c.Outcome]] = {
    "opened": c.Opened,
    "closed": c.Closed,
    "held": lambda m: c.Held(m.hold, m.expires_at_ms, m.now_ms),
    "taken": lambda m: c.Taken(tuple(m.conflicts)),
    "confirmed": c.Confirmed,
    "released": c.Released,
    "cancelled": lambda m: c.Cancelled(m.hold, tuple(m.seats)),
    "exchanged": lambda m: c.Exchanged(m.hold, m.new_hold),
    "session_opened": c.SessionOpened,
    "best_held": decode_best_held,
    "gate": decode_gate,
    "visitor": decode_visitor,
    "gate_closed": GateClosed,
    "refused": lambda m: c.Refused(
        _known(c.RefusalCode, m.code), m.detail, _known(c.HoldState, m.hold_state) if m.hold_state else None
    ),
}


def decode_outcome(wire: pb.Outcome) -> c.Outcome | pb.Failure:
    """The state machine's outcome, or why the store could not ask it.

    Raises:
        MalformedMessage: no outcome this version knows is in it.
    """
    name = wire.WhichOneof("outcome")
    if name == "failure":
        return wire.failure
    if name is None:
        raise MalformedMessage("an outcome this version does not know")
    return _OUTCOMES[name](getattr(wire, name))


# --- Views ----------------------------------------------------------------------------------------


def encode_mask(mask: int) -> bytes:
    return mask.to_bytes((mask.bit_length() + 7) // 8, "little")


def decode_mask(wire: bytes) -> int:
    return int.from_bytes(wire, "little")


def encode_seat_map(view: c.SeatMap | None, cluster: int = 0) -> pb.SeatMapReply:
    if view is None:
        return pb.SeatMapReply(found=False)
    seats = [
        pb.SeatMask(seat=seat, held=encode_mask(view.held.get(seat, 0)), sold=encode_mask(view.sold.get(seat, 0)))
        for seat in sorted(view.held.keys() | view.sold.keys())
    ]
    return pb.SeatMapReply(
        found=True,
        index=view.index,
        open=view.open,
        legs=view.legs,
        seat_count=view.seat_count,
        seats=seats,
        cluster=cluster,
    )


def decode_seat_map(inventory: str, wire: pb.SeatMapReply) -> c.SeatMap | None:
    if not wire.found:
        return None
    return c.SeatMap(
        inventory,
        wire.index,
        wire.open,
        wire.legs,
        wire.seat_count,
        held={m.seat: decode_mask(m.held) for m in wire.seats if m.held},
        sold={m.seat: decode_mask(m.sold) for m in wire.seats if m.sold},
        cluster=wire.cluster,
    )


def encode_hold(view: c.HoldView | None) -> pb.HoldReply:
    if view is None:
        return pb.HoldReply(found=False)
    return pb.HoldReply(
        found=True,
        inventory=view.inventory,
        state=view.state,
        seats=view.seats,
        first_leg=view.first_leg,
        end_leg=view.end_leg,
        expires_at_ms=view.expires_at_ms,
        now_ms=view.now_ms,
        movable=view.movable,
    )


def decode_hold(hold: str, wire: pb.HoldReply) -> c.HoldView | None:
    if not wire.found:
        return None
    return c.HoldView(
        hold,
        wire.inventory,
        _known(c.HoldState, wire.state),
        tuple(wire.seats),
        wire.first_leg,
        wire.end_leg,
        wire.expires_at_ms,
        wire.now_ms,
        wire.movable,
    )


def encode_holds(page: HoldPage | None) -> pb.HoldsReply:
    if page is None:
        return pb.HoldsReply(found=False)
    holds = [
        pb.ListedHold(
            hold=listed.hold,
            state=listed.state,
            seats=listed.seats,
            kept=listed.kept,
            first_leg=listed.first_leg,
            end_leg=listed.end_leg,
            movable=listed.movable,
        )
        for listed in page.holds
    ]
    return pb.HoldsReply(found=True, holds=holds, more=page.more)


def decode_holds(wire: pb.HoldsReply) -> HoldPage | None:
    if not wire.found:
        return None
    holds = [
        ListedHold(
            m.hold, _known(c.HoldState, m.state), tuple(m.seats), tuple(m.kept), m.first_leg, m.end_leg, m.movable
        )
        for m in wire.holds
    ]
    return HoldPage(tuple(holds), wire.more)


def encode_event(event: c.SeatEvent) -> pb.SeatEvent:
    return pb.SeatEvent(
        index=event.index,
        term=event.term,
        ordinal=event.ordinal,
        wall_ms=event.wall_ms,
        inventory=event.inventory,
        seat=event.seat,
        kind=event.kind,
        hold=event.hold,
        first_leg=event.first_leg,
        end_leg=event.end_leg,
        held=encode_mask(event.held),
        sold=encode_mask(event.sold),
    )


def decode_event(wire: pb.SeatEvent) -> c.SeatEvent:
    return c.SeatEvent(
        wire.index,
        wire.term,
        wire.ordinal,
        wire.wall_ms,
        wire.inventory,
        wire.seat,
        _known(c.EventKind, wire.kind),
        wire.hold,
        wire.first_leg,
        wire.end_leg,
        decode_mask(wire.held),
        decode_mask(wire.sold),
    )
