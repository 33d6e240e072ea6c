"""What each command does to a waiting room, or why it does nothing: one function a command (gates.py does it)."""

from typing import assert_never

from . import gate_commands as g
from . import limits
from .commands import RefusalCode, Refused
from .gates import Gate, commitment_to
from .ledger import SeatLedger
from .refusals import unknown_inventory


def decide_at_gate(ledger: SeatLedger, command: g.GateCommand) -> g.GateOutcome | Refused:
    """Carry out a command whose form is sound (limits.py)."""
    gates = ledger.gates
    if isinstance(command, g.OpenGate):
        return _open(ledger, command)
    gate = gates.get(command.inventory)
    if isinstance(command, g.CloseGate):
        if gate:
            gates.close(gate)
        return g.GateClosed(command.inventory)
    if gate is None:
        return Refused(RefusalCode.UNKNOWN_GATE, f"Nobody waits before {command.inventory}: it has no gate.")
    match command:
        case g.JoinGate():
            return _join(ledger, gate, command)
        case g.LeaveGate(_, visitor):
            if known := gate.find(visitor):
                gates.leave(gate, known)
            return gates.visitor(gate, visitor)
        case g.RevealGate(_, seed):
            if commitment_to(seed) != gate.commitment:
                return Refused(
                    RefusalCode.WRONG_SEED, f"The gate of {gate.inventory} was opened with another seed's hash."
                )
            if not gate.is_open:
                gates.draw(gate, seed)
            return gate.view()
        case g.AdmitNext(_, count, ttl_ms):
            if not gate.is_open:
                return Refused(RefusalCode.GATE_NOT_OPEN, f"The gate of {gate.inventory} has not opened yet.")
            gates.admit(gate, count, ttl_ms)
            return gate.view()
        case _:
            assert_never(command)


def _open(ledger: SeatLedger, command: g.OpenGate) -> g.GateOutcome | Refused:
    gate = ledger.gates.get(command.inventory)
    if gate is None:
        if command.inventory not in ledger.inventories:
            return unknown_inventory(command.inventory)
        if len(ledger.gates) >= limits.MAX_GATES:
            return Refused(RefusalCode.TOO_MANY_GATES, f"There are {limits.MAX_GATES} gates already; close one first.")
        gate = ledger.gates.open(command.inventory, command.commitment, command.opens_wall_ms, command.limit)
    elif (gate.commitment, gate.limit) != (command.commitment, command.limit):
        return Refused(
            RefusalCode.GATE_DIFFERS,
            f"{command.inventory} has a gate with another commitment or limit; close that first.",
        )
    else:
        ledger.gates.announce(gate, command.opens_wall_ms)
    return gate.view()


def _join(ledger: SeatLedger, gate: Gate, command: g.JoinGate) -> g.GateOutcome | Refused:
    if not gate.find(command.visitor):
        if len(gate.waiting) + len(gate.admitted) >= gate.limit:
            return Refused(RefusalCode.GATE_FULL, f"{gate.limit} are at {gate.inventory} already; come back later.")
        ledger.gates.join(gate, command.visitor)
    return ledger.gates.visitor(gate, command.visitor)
