"""What does every answer know? What was asked, by whom, and when."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from assistant.slots import Slots


@dataclass(frozen=True, slots=True)
class Asked:
    """`customer` is who asks, an account or a guest with bookings; None if nobody is known. `asked_before` is what the
    last answer asked for."""

    slots: Slots
    customer: User | None
    now: datetime
    asked_before: str = ""
