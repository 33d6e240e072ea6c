"""Which mails lie in EMAIL_FILE_PATH? Django's file backend writes there what a mail server would get elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings

MOST_SHOWN = 100

# What the backend writes after each mail.
_END = b"\n" + b"-" * 79 + b"\n"


class NoSuchMail(LookupError):
    pass


@dataclass(frozen=True, slots=True)
class Attached:
    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class KeptMail:
    """One mail: the `number`-th, from 0, of the file `name`.log."""

    name: str
    number: int
    message: EmailMessage

    @property
    def sent_at(self) -> datetime:
        return parsedate_to_datetime(str(self.message["Date"])).astimezone(UTC)

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    @property
    def attachments(self) -> list[Attached]:
        return [
            Attached(
                part.get_filename("attachment"), part.get_content_type(), bytes(part.get_payload(decode=True) or b"")
            )
            for part in self.message.iter_attachments()
        ]

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return part.get_content() if isinstance(part, EmailMessage) else ""


def newest_mails() -> list[KeptMail]:
    """The last MOST_SHOWN at most, newest first."""
    mails: list[KeptMail] = []
    for path in sorted(_folder().glob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True):
        mails += reversed(list(_mails_in(path)))
        if len(mails) >= MOST_SHOWN:
            break
    return mails[:MOST_SHOWN]


def mail_of(name: str, number: int) -> KeptMail:
    """
    Raises:
        NoSuchMail: there is no such file, or not so many mails in it.
    """
    path = _folder() / f"{name}.log"
    if path.is_file():
        for mail in _mails_in(path):
            if mail.number == number:
                return mail
    raise NoSuchMail(f"{name}/{number}")


def _folder() -> Path:
    return Path(settings.EMAIL_FILE_PATH)


def _mails_in(path: Path) -> Iterator[KeptMail]:
    for number, raw in enumerate(path.read_bytes().split(_END)[:-1]):
        message = message_from_bytes(raw, policy=default)
        assert isinstance(message, EmailMessage), "the policy makes no other"
        yield KeptMail(path.stem, number, message)
