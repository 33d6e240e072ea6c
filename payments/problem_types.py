"""What can go wrong with money, for programs: each error with its cause and cure."""

from typing import Final

from accounts.problem_types import FAULTS, TEXT, TEXTS, TIME, ProblemType

PROBLEM_TYPES: Final = (
    # Paying, and having something else or the money back.
    ProblemType(
        "card-invalid",
        400,
        "no card looks like this; `errors` names the field",
        "correct it",
        members={"errors": FAULTS},
    ),
    ProblemType(
        "upi-id-invalid", 400, "no UPI id looks like this", "write it as name@bank", members={"errors": FAULTS}
    ),
    ProblemType(
        "method-not-taken",
        400,
        "one does not pay that way here; `taken` says how one does",
        "another method",
        members={"taken": TEXTS},
    ),
    ProblemType(
        "return-address-unknown",
        400,
        "nobody is sent back to `return_url`",
        "leave it out, or ask whoever runs the site to name it",
    ),
    ProblemType(
        "card-declined",
        402,
        "the bank said no; the seats stay held, and of an exchange you have the old ones",
        "another card or method, with a new key",
        members={"reason": TEXT},
    ),
    ProblemType(
        "payment-in-progress",
        409,
        "another payment of the order is under way",
        "wait `Retry-After`, then look at the order",
        retry_after=True,
    ),
    ProblemType(
        "order-not-payable",
        409,
        "the order does not wait to be paid; it is `order_status`",
        "look at the order",
        members={"order_status": TEXT},
    ),
    ProblemType(
        "order-not-cancellable", 409, "the order is not in a state for it; `detail` says why", "look at the order"
    ),
    ProblemType("refund-offer-ended", 409, "the offer was accepted before, or its time is over", "ask for another"),
    ProblemType(
        "payment-needed",
        402,
        "the new seats cost `difference` more, and nothing was said to pay that with",
        "send the same with `card` or `upi`",
        members={"difference": {"$ref": "#/components/schemas/Money"}},
    ),
    ProblemType(
        "exchange-refused",
        409,
        "these seats cannot be had for those; `detail` says why",
        "choose others, or ask for another offer",
    ),
    ProblemType(
        "other-seats-offered",
        409,
        "it was paid too late and its seats are gone; others are held until `valid_until`",
        "answer at `orders/ID/late-offer/`",
        members={"order": TEXT, "valid_until": {**TIME, "nullable": True}},
    ),
    ProblemType("late-offer-ended", 409, "it was answered before, or its time is over", "look at the order"),
)
