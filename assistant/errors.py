"""What can be wrong with a message before anybody reads it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

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


class ConversationUnknown(DomainError):
    """Or somebody else's, or forgotten since: nobody learns which."""

    status = 404
    code = "conversation-unknown"
    title = gettext_noop("There is no such conversation")

    def __init__(self) -> None:
        super().__init__(_("This conversation is over, or not yours. Ask again to begin another."))


class OneAtATime(DomainError):
    code = "one-question-at-a-time"
    title = gettext_noop("One question at a time")

    def __init__(self) -> None:
        super().__init__(_("Wait for the answer before you ask on."))


class TooManyQuestions(DomainError):
    status = 429
    code = "throttled"
    title = gettext_noop("Too many questions")

    def __init__(self, wait_s: int) -> None:
        super().__init__(_("That was a lot of questions. Please wait a moment."))
        self.retry_after_s = wait_s


class AssistantBusy(DomainError):
    status = 503
    code = "busy"
    title = gettext_noop("Too many people ask just now")
    retry_after_s = 2

    def __init__(self) -> None:
        super().__init__(_("The assistant has too much to do just now. Please ask again in a moment."))
