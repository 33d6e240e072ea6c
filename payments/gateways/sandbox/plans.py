"""Which number does what? What a card or UPI id makes happen, as data: how the charge starts, ends and is told of.

Card numbers, with any date ahead and any security code (other numbers with a right check digit are accepted at once):

    4242 4242 4242 4242    accepted
    .... .... .... 9999    declined, whatever stands before it
    4000 0000 0000 1000    needs a second step, on a page of the bank's
    4000 0000 0000 2008    accepted, but the gateway's answer does not arrive: a time-out
    4000 0000 0000 3006    the bank takes its time; the webhook comes late
    4000 0000 0000 4004    the webhook comes twice
    4000 0000 0000 5001    the webhooks come in the wrong order
    4000 0000 0000 6009    the webhook never comes
    4000 0000 0000 7007    accepted, but the money cannot be captured
    4000 0000 0000 8005    accepted and captured, but nothing can be refunded

UPI ids (any bank after the @): success, declined, late, twice, never, and ignored, whose owner never answers.
Other names are as success.
"""

from dataclasses import dataclass

from django.conf import settings

from payments.cards import Card
from payments.methods import Hosted, Upi
from payments.models import SandboxCharge

Status = SandboxCharge.Status
Does = SandboxCharge.Behaviour

CREATED, AUTHORISED, DECLINED = "charge.created", "charge.authorised", "charge.declined"

# A bank that is quick, and the time between two webhooks that belong together.
PROMPT_S = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """A charge begins as `starts`; after a while it `becomes` something by itself, and `tells` are sent about that."""

    starts: Status
    becomes: Status | None = None
    late: bool = False
    tells: tuple[str, ...] = ()
    copies: int = 1

    @property
    def delay_s(self) -> float:
        return settings.SANDBOX_LATE_S if self.late else PROMPT_S


PLANS: dict[str, Plan] = {
    Does.PLAIN: Plan(Status.AUTHORISED),
    Does.DECLINED: Plan(Status.DECLINED),
    # Goes on when the customer has answered (step.py).
    Does.SECOND_STEP: Plan(Status.ACTION_REQUIRED),
    Does.ANSWER_LOST: Plan(Status.AUTHORISED, tells=(AUTHORISED,)),
    Does.PROMPT: Plan(Status.PENDING, Status.AUTHORISED, tells=(AUTHORISED,)),
    Does.DECLINED_LATER: Plan(Status.PENDING, Status.DECLINED, tells=(DECLINED,)),
    Does.LATE: Plan(Status.PENDING, Status.AUTHORISED, late=True, tells=(AUTHORISED,)),
    Does.TWICE: Plan(Status.PENDING, Status.AUTHORISED, tells=(AUTHORISED,), copies=2),
    Does.OUT_OF_ORDER: Plan(Status.PENDING, Status.AUTHORISED, tells=(AUTHORISED, CREATED)),
    Does.NEVER: Plan(Status.PENDING, Status.AUTHORISED),
    Does.IGNORED: Plan(Status.PENDING),
    Does.CAPTURE_REFUSED: Plan(Status.AUTHORISED),
    Does.REFUND_REFUSED: Plan(Status.AUTHORISED),
}

_CARDS = {
    "4000000000001000": Does.SECOND_STEP,
    "4000000000002008": Does.ANSWER_LOST,
    "4000000000003006": Does.LATE,
    "4000000000004004": Does.TWICE,
    "4000000000005001": Does.OUT_OF_ORDER,
    "4000000000006009": Does.NEVER,
    "4000000000007007": Does.CAPTURE_REFUSED,
    "4000000000008005": Does.REFUND_REFUSED,
}
_UPI_NAMES = {
    "declined": Does.DECLINED_LATER,
    "late": Does.LATE,
    "twice": Does.TWICE,
    "never": Does.NEVER,
    "ignored": Does.IGNORED,
}


def is_always_declined(card: Card) -> bool:
    return card.digits.endswith("9999")


def behaviour_of(method: Card | Upi | Hosted) -> Does:
    match method:
        case Card():
            return Does.DECLINED if is_always_declined(method) else _CARDS.get(method.digits, Does.PLAIN)
        case Upi():
            return _UPI_NAMES.get(method.address.partition("@")[0], Does.PROMPT)
        case Hosted():
            raise ValueError("The sandbox has no page of its own to pay on; check() says so first.")
