"""The rows of this room: what was paid and paid back, and the sandbox gateway's own books."""

from .payments import Payment, Refund
from .sandbox import SandboxCharge, SandboxRefund

__all__ = ["Payment", "Refund", "SandboxCharge", "SandboxRefund"]
