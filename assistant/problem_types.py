"""What can be wrong with a question, for programs: each error with its cause and cure."""

from typing import Final

from accounts.problem_types import ProblemType

PROBLEM_TYPES: Final = (
    # The assistant.
    ProblemType("message-empty", 400, "there is no question", "write one"),
    ProblemType("message-too-long", 400, "the question is too long", "ask in fewer words"),
    ProblemType("conversation-unknown", 404, "it is over, or not yours, or its key is missing", "ask without it"),
    ProblemType(
        "one-question-at-a-time", 409, "over a socket: the question before is not answered yet", "wait for its answer"
    ),
)
