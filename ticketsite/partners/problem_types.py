"""What can stand between a partner's program and what it wants: each error with its cause and cure."""

from typing import Final

from accounts.problem_types import FAULTS, NUMBER, ProblemType

PROBLEM_TYPES: Final = (
    ProblemType("not-for-keys", 403, "an API key does not open this", "log in, and send the access token of a person"),
    ProblemType("not-a-partner", 403, "the account has no keys", "`POST partner/`"),
    ProblemType("not-approved", 403, "the partner has no keys for real money yet", "ask us to approve it"),
    ProblemType("already-a-partner", 409, "the account is a partner's already", "look at `partner/`"),
    ProblemType(
        "too-many", 409, "there are `limit` already, as many as there may be", "remove one", members={"limit": NUMBER}
    ),
    ProblemType(
        "address-refused",
        400,
        "webhooks are not sent to such an address; `errors` says why",
        "another address",
        members={"errors": FAULTS},
    ),
    ProblemType("endpoint-disabled", 409, "nothing is sent to this address any more", "`enable/` it"),
)
