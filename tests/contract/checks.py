"""What else does schemathesis look at? It loads this file itself (SCHEMATHESIS_HOOKS), in its own environment."""

import schemathesis

# Said of requests whose form is wrong. What is well-formed may be refused for what it means, by another code.
_MALFORMED = ("invalid", "parse-error")


@schemathesis.check
def what_is_described_is_taken(ctx, response, case) -> None:
    """A request as the description wants it is never called malformed."""
    generated = case.meta
    if generated is None or not generated.generation.mode.is_positive or response.status_code != 400:
        return
    problem = response.json()
    # A cursor is a text that only we make, and one that was made up is refused.
    if problem.get("code") in _MALFORMED and list(problem.get("errors", ())) != ["cursor"]:
        raise AssertionError(f"A request as it is described was called malformed: {problem}")
