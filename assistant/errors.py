"""What can be wrong with a message before anybody reads it."""

from booking.errors import DomainError


class MessageEmpty(DomainError):
    status = 400
    code = "message-empty"
    title = "There is no question"

    def __init__(self) -> None:
        super().__init__("Write a question first.")


class MessageTooLong(DomainError):
    status = 400
    code = "message-too-long"
    title = "The question is too long"

    def __init__(self, limit: int) -> None:
        super().__init__(f"A question can have at most {limit} characters.")
