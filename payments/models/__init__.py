"""The rows of this room: what was paid and paid back, the books, what gateways told, and the sandbox gateway's own."""

from .exchanges import Exchange
from .ledger import LedgerEntry, LedgerIsImmutable, LedgerPosting
from .payments import Payment, Refund
from .reconciliation import Bookmark, Finding
from .sandbox import SandboxCharge, SandboxRefund, SandboxWebhook
from .webhooks import WebhookEvent

__all__ = [
    "Bookmark",
    "Exchange",
    "Finding",
    "LedgerEntry",
    "LedgerIsImmutable",
    "LedgerPosting",
    "Payment",
    "Refund",
    "SandboxCharge",
    "SandboxRefund",
    "SandboxWebhook",
    "WebhookEvent",
]
