"""Which errors does REST know, what causes each, and what is its cure? Here those that any room may answer.

Each room has its own (booking/problem_types.py and so on); ticketsite/problem_types.py has all of them. A code never
changes its meaning or its status. Errors are raised where the rule lives and find their place here by their code; an
operation names the codes that it may answer (accounts/openapi.py). From both the OpenAPI description, docs/api.md and
the pages under /api/v1/problems/ are made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Schema = Mapping[str, Any]

# What else a problem's document tells, as JSON Schema.
TEXT: Final[Schema] = {"type": "string"}
TEXTS: Final[Schema] = {"type": "array", "items": {"type": "string"}}
NUMBER: Final[Schema] = {"type": "integer"}
TIME: Final[Schema] = {"type": "string", "format": "date-time"}
FAULTS: Final[Schema] = {"type": "object", "additionalProperties": {}}


@dataclass(frozen=True, slots=True)
class ProblemType:
    """
    Args:
        members: what else its document always has, by name, as JSON Schema.
        may_have: what else it may have.
        retry_after: whether the answer always says when to come back.
    """

    code: str
    status: int
    cause: str
    cure: str
    members: Mapping[str, Schema] = field(default_factory=dict)
    may_have: Mapping[str, Schema] = field(default_factory=dict)
    retry_after: bool = False


AGAIN: Final = "wait `Retry-After`, then send the same request with the same key"

PROBLEM_TYPES: Final = (
    # The request itself.
    ProblemType(
        "invalid",
        400,
        "the body or query is not valid; `errors` names the fields",
        "correct it",
        members={"errors": FAULTS},
    ),
    ProblemType(
        "unclear",
        400,
        "members of the body or query contradict each other, or leave open what is meant; `errors` names them",
        "say it in one way",
        members={"errors": FAULTS},
    ),
    ProblemType("parse-error", 400, "the body is not JSON", "send JSON"),
    ProblemType(
        "method-not-allowed", 405, "this address does not know the method; `Allow` names those it does", "use one"
    ),
    ProblemType("not-acceptable", 406, "the answer cannot be had in the form that `Accept` asks for", "accept JSON"),
    ProblemType("too-slow", 408, "the body did not arrive in time; nothing was done", "send the same request again"),
    ProblemType("too-large", 413, "the body is larger than this site takes; nothing was done", "send less"),
    ProblemType(
        "unsupported-media-type", 415, "the body comes as something else than JSON", "`Content-Type: application/json`"
    ),
    ProblemType(
        "idempotency-conflict",
        422,
        "the `Idempotency-Key` came with another request before",
        "take a new key for a new request",
    ),
    ProblemType(
        "request-in-flight", 409, "the same request is being carried out at this moment", AGAIN, retry_after=True
    ),
    ProblemType("throttled", 429, "too many requests", "wait `Retry-After`", retry_after=True),
    ProblemType("server-error", 500, "something broke on our side, and was logged", "try again in a moment"),
    ProblemType("busy", 503, "the site has too much to do; usually nothing happened", AGAIN, retry_after=True),
    # Who asks.
    ProblemType("not-authenticated", 401, "no token came with the request", "log in"),
    ProblemType("authentication-failed", 401, "the token has run out, or is not one of ours", "refresh it, or log in"),
    ProblemType(
        "password-unfit",
        400,
        "the password is too easy to guess; `errors` says why",
        "choose a longer one",
        members={"errors": FAULTS},
    ),
    ProblemType("wrong-credentials", 401, "no account has this e-mail address and password", "correct them"),
    ProblemType("refresh-token-invalid", 401, "the refresh token has run out or was used before", "log in"),
    ProblemType(
        "second-step-needed",
        401,
        "the account asks for a second step",
        "send the `code` of the authenticator app, or a recovery code",
    ),
    ProblemType(
        "wrong-code",
        401,
        "this code is not right, or not any more",
        "send the right one; after three wrong ones from a mail, ask for another",
    ),
    ProblemType(
        "wrong-password",
        403,
        "what asks for the password did not get the right one",
        "ask for it again; five wrong ones lock for five minutes",
    ),
    ProblemType(
        "account-needed",
        403,
        "a guest asks for what accounts have",
        "log in, or register with the guest's address",
    ),
    ProblemType("staff-stays", 409, "who works in the back office is not erased", "ask an administrator"),
    ProblemType(
        "unfinished",
        409,
        "by being forgotten you would lose what `unfinished` says",
        "send `although`, if that is wanted",
        members={"unfinished": TEXTS},
    ),
    ProblemType(
        "too-many-passengers",
        409,
        "more names than `limit` would be kept",
        "remove some",
        members={"limit": NUMBER},
    ),
    ProblemType("authenticator-exists", 409, "there is an authenticator app already", "look at `me/second-step/`"),
    ProblemType("no-authenticator", 409, "there is no authenticator app", "look at `me/second-step/`"),
    ProblemType("permission-denied", 403, "this is not for you", "ask whoever runs the site for the permission"),
    ProblemType(
        "not-found", 404, "there is no such thing, or it is not yours", "look at the list that it should be in"
    ),
)
