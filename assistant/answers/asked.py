"""What does every answer know? What was asked, by whom, and when."""

import re
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from assistant.slots import Slots

_SEVERAL = re.compile(r"\b(?:bookings|orders|reservations|all|every|everything|both|trips|other|another)\b")


@dataclass(frozen=True, slots=True)
class Asked:
    """`customer` is who asks, an account or a guest with bookings; None if nobody is known. `asked_before` is what the
    last answer asked for, `told_before` its topic, or its intent if it had none; `message` what was said, folded, and
    `talked_of` the code of the booking that the talk is of."""

    slots: Slots
    customer: User | None
    now: datetime
    asked_before: str = ""
    told_before: str = ""
    message: str = ""
    talked_of: str = ""

    @property
    def topic(self) -> str:
        """The booking that is meant where none is named; '' where several are asked for."""
        return "" if _SEVERAL.search(self.message) else self.talked_of
