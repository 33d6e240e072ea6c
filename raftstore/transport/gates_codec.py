"""Waiting rooms between values (seats/gate_commands.py) and the wire (rpc/seatstore.proto)."""

from collections.abc import Callable
from typing import Any, Final, assert_never

from raftstore.errors import MalformedMessage
from raftstore.rpc import gates_pb2
from raftstore.rpc import seatstore_pb2 as pb
from raftstore.seats import gate_commands as g


def encode_at_gate(command: g.GateCommand, wire: pb.Request) -> None:
    match command:
        case g.OpenGate(inventory, commitment, opens_wall_ms, limit):
            wire.open_gate.CopyFrom(
                gates_pb2.OpenGate(inventory=inventory, commitment=commitment, opens_wall_ms=opens_wall_ms, limit=limit)
            )
        case g.CloseGate(inventory):
            wire.close_gate.CopyFrom(gates_pb2.CloseGate(inventory=inventory))
        case g.JoinGate(inventory, visitor):
            wire.join_gate.inventory, wire.join_gate.visitor = inventory, visitor
        case g.LeaveGate(inventory, visitor):
            wire.leave_gate.CopyFrom(gates_pb2.LeaveGate(inventory=inventory, visitor=visitor))
        case g.RevealGate(inventory, seed):
            wire.reveal_gate.CopyFrom(gates_pb2.RevealGate(inventory=inventory, seed=seed))
        case g.AdmitNext(inventory, count, ttl_ms):
            wire.admit_next.CopyFrom(gates_pb2.AdmitNext(inventory=inventory, count=count, ttl_ms=ttl_ms))
        case _:
            assert_never(command)


GATE_COMMANDS: Final[dict[str, Callable[[Any], g.GateCommand]]] = {
    "open_gate": lambda m: g.OpenGate(m.inventory, m.commitment, m.opens_wall_ms, m.limit),
    "close_gate": lambda m: g.CloseGate(m.inventory),
    "join_gate": lambda m: g.JoinGate(m.inventory, m.visitor),
    "leave_gate": lambda m: g.LeaveGate(m.inventory, m.visitor),
    "reveal_gate": lambda m: g.RevealGate(m.inventory, m.seed),
    "admit_next": lambda m: g.AdmitNext(m.inventory, m.count, m.ttl_ms),
}


def encode_gate(view: g.GateView) -> gates_pb2.GateView:
    return gates_pb2.GateView(
        inventory=view.inventory,
        commitment=view.commitment,
        opens_wall_ms=view.opens_wall_ms,
        limit=view.limit,
        seed=view.seed,
        drawn=view.drawn,
        arrived=view.arrived,
        waiting=view.waiting,
        admitted=view.admitted,
        front=view.front,
    )


def decode_gate(wire: gates_pb2.GateView) -> g.GateView:
    return g.GateView(
        wire.inventory,
        wire.commitment,
        wire.opens_wall_ms,
        wire.limit,
        wire.seed,
        wire.drawn,
        wire.arrived,
        wire.waiting,
        wire.admitted,
        wire.front,
    )


def encode_visitor(view: g.VisitorView) -> gates_pb2.VisitorView:
    return gates_pb2.VisitorView(
        inventory=view.inventory,
        visitor=view.visitor,
        state=view.state,
        arrival=view.arrival,
        place=view.place,
        expires_at_ms=view.expires_at_ms,
        now_ms=view.now_ms,
    )


def decode_visitor(wire: gates_pb2.VisitorView) -> g.VisitorView:
    """
    Raises:
        MalformedMessage: the visitor is in a state that this version does not know.
    """
    try:
        state = g.VisitorState(wire.state)
    except ValueError as error:
        raise MalformedMessage(f"{wire.state!r} is not a VisitorState that this version knows") from error
    return g.VisitorView(wire.inventory, wire.visitor, state, wire.arrival, wire.place, wire.expires_at_ms, wire.now_ms)


def encode_outcome_at_gate(outcome: g.GateOutcome) -> pb.Outcome:
    match outcome:
        case g.GateView():
            return pb.Outcome(gate=encode_gate(outcome))
        case g.VisitorView():
            return pb.Outcome(visitor=encode_visitor(outcome))
        case g.GateClosed(inventory):
            return pb.Outcome(gate_closed=inventory)
        case _:
            assert_never(outcome)


# --- Queries --------------------------------------------------------------------------------------

Asked = tuple[g.GateView, g.VisitorView | None]


def encode_gate_reply(gate: g.GateView | None, visitor: g.VisitorView | None) -> gates_pb2.GateReply:
    if gate is None:
        return gates_pb2.GateReply(found=False)
    return gates_pb2.GateReply(found=True, gate=encode_gate(gate), visitor=encode_visitor(visitor) if visitor else None)


def decode_gate_reply(wire: gates_pb2.GateReply) -> Asked | None:
    if not wire.found:
        return None
    return decode_gate(wire.gate), decode_visitor(wire.visitor) if wire.HasField("visitor") else None


def encode_draw(page: g.DrawPage | None) -> gates_pb2.DrawReply:
    if page is None:
        return gates_pb2.DrawReply(found=False)
    drawn = [
        gates_pb2.DrawnVisitor(place=place, arrival=arrival, visitor=visitor) for place, arrival, visitor in page.drawn
    ]
    return gates_pb2.DrawReply(found=True, gate=encode_gate(page.gate), drawn=drawn, more=page.more)


def decode_draw(wire: gates_pb2.DrawReply) -> g.DrawPage | None:
    if not wire.found:
        return None
    drawn = tuple([g.DrawnVisitor(m.place, m.arrival, m.visitor) for m in wire.drawn])
    return g.DrawPage(decode_gate(wire.gate), drawn, wire.more)
