"""A payment gateway of our own, for test numbers: no money moves, everything else is as with a real one."""

from .gateway import SandboxGateway
from .sending import send_webhooks
from .step import answer_step, charge_at_step

__all__ = ["SandboxGateway", "answer_step", "charge_at_step", "send_webhooks"]
