"""What can stand between a customer and seats, for programs: each error with its cause and cure."""

from typing import Final

from accounts.problem_types import AGAIN, FAULTS, NUMBER, TEXT, TEXTS, TIME, ProblemType

PROBLEM_TYPES: Final = (
    # Choosing and holding seats.
    ProblemType("nothing-chosen", 400, "no seat was named", "name at least one"),
    ProblemType(
        "too-many-seats",
        400,
        "more seats than one order can have; `limit` is how many",
        "make several orders",
        members={"limit": NUMBER},
    ),
    ProblemType(
        "unknown-place",
        400,
        "no place has this code, or the train does not call there; `errors` names the member",
        "take it from `places/` or the trip",
        members={"errors": FAULTS},
    ),
    ProblemType(
        "unknown-inventory", 400, "there is no such `inventory`", "take it from a trip, a performance or an order"
    ),
    ProblemType(
        "unknown-seat", 400, "there are no such `seats`", "take names from the seat map", may_have={"seats": TEXTS}
    ),
    ProblemType("legs-out-of-range", 400, "the train has no such legs", "look at `legs` of the seat map"),
    ProblemType("choice-invalid", 400, "nothing can be chosen like this; `detail` says why", "correct it"),
    ProblemType(
        "passengers-and-seats-differ",
        400,
        "not as many `passenger_types` as seats",
        "one for each seat, or none at all",
    ),
    ProblemType(
        "unknown-passenger-type", 400, "there is no such passenger type here", "see `passenger_types` of the trip"
    ),
    ProblemType("several-currencies", 400, "the parts are sold in different currencies", "make an order of each"),
    ProblemType("seats-taken", 409, "somebody else has `seats`", "choose others", members={"seats": TEXTS}),
    ProblemType("no-seats-found", 409, "there are not as many seats of that kind", "ask for less, or wait for some"),
    ProblemType("none-so-cheap", 409, "no seat costs so little", "raise `at_most`"),
    ProblemType("no-price", 409, "these seats have no price at the moment", "choose others, or come back later"),
    ProblemType("not-on-sale", 409, "these seats are not on sale at the moment", "look for another date"),
    ProblemType("departure-gone", 409, "it has left or begun", "look for another date"),
    ProblemType(
        "sale-not-started",
        409,
        "seats are sold from `sale_starts_at`",
        "come back then",
        members={"sale_starts_at": TIME},
    ),
    ProblemType("sale-ended", 409, "the sale is over", "look for another date"),
    ProblemType(
        "customer-limit",
        409,
        "one customer can have `limit` seats of this performance; you have `has`",
        "take fewer",
        members={"limit": NUMBER, "has": NUMBER},
    ),
    ProblemType("hold-ended", 409, "the hold has expired or was released", "hold seats again", members={"state": TEXT}),
    ProblemType("store-refused", 409, "the seat store finds no sense in it; `detail` says why", "look at the order"),
    ProblemType(
        "store-unavailable",
        503,
        "the seat store does not answer; nothing happened",
        AGAIN,
        retry_after=True,
    ),
    ProblemType(
        "outcome-unknown",
        503,
        "the seat store or the bank did not answer; it may have happened",
        AGAIN,
        retry_after=True,
    ),
    ProblemType("for-trying-only", 409, "these seats are there for programs to be tried", "look for others"),
    ProblemType("not-for-trying", 409, "a sandbox key buys only what is for trying", "another run, or another key"),
    ProblemType("names-are-fixed", 409, "the tickets are made, and their names stay", "look at the order"),
    # Waiting.
    ProblemType("already-waiting", 409, "you have a place in this waiting list", "look at `waiting-list/`"),
    ProblemType(
        "not-your-turn",
        409,
        "people wait for these seats, and you have not been let in",
        "join at `waiting-rooms/INVENTORY/`",
        members={"inventory": TEXT},
    ),
    ProblemType(
        "waiting-room-not-yet",
        409,
        "nobody can wait there before `gathers_at`",
        "come back then",
        members={"gathers_at": TIME},
    ),
    ProblemType(
        "proof-needed",
        429,
        "joining a waiting room takes an answer to its challenge, or patience",
        "answer it, or wait `Retry-After`",
        retry_after=True,
    ),
    ProblemType("waiting-room-full", 503, "too many wait already", "wait `Retry-After`", retry_after=True),
    # The catalogue.
    ProblemType(
        "rows-refused",
        400,
        "nothing was written; `rows` says what is wrong with which",
        "correct them",
        members={"rows": {"type": "array", "items": {"type": "object", "additionalProperties": {}}}},
    ),
    ProblemType("not-sellable", 409, "something is missing before it can be sold; `detail` says what", "add it"),
    ProblemType(
        "waiting-room-refused",
        409,
        "there cannot be such a waiting room; `detail` says why",
        "another time, or close it first",
    ),
    ProblemType(
        "still-needed",
        409,
        "it was on sale, or other rows need it; `detail` says which",
        "take it off sale",
    ),
    ProblemType("run-not-changeable", 409, "the run is cancelled, or over; `detail` says which", "look at another"),
    # At the entrance.
    ProblemType("ticket-unknown", 404, "we have no such ticket", "scan it again, or type its code"),
    ProblemType(
        "already-admitted",
        409,
        "somebody was let in with it before; `admitted_at` and `admitted_by` say when and by whom",
        "look at the person",
        members={"admitted_at": TIME, "admitted_by": TEXT},
    ),
    ProblemType("ticket-void", 409, "it was cancelled, or another took its place", "ask for the newer one"),
    ProblemType("ticket-for-elsewhere", 409, "it is for another run or show; `detail` says which", "send them there"),
    ProblemType(
        "which-ticket",
        409,
        "a booking's code stands for several; `tickets` are their codes",
        "send one of them",
        members={"tickets": TEXTS},
    ),
    ProblemType(
        "ticket-not-genuine", 422, "it looks like a ticket of ours, but nobody of ours has signed it", "let nobody in"
    ),
)
