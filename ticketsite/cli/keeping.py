"""What is remembered from one command to the next? The servers and who is signed in, in one private file."""

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from .errors import TicketError

DEFAULT_SERVER = "http://127.0.0.1:8000"


@dataclass(slots=True)
class Kept:
    """
    Args:
        servers: addresses that all lead to the same site; the first that answers is used.
        conversation: with the assistant, that goes on; `conversation_key` opens it to who is not signed in.
    """

    servers: list[str] = field(default_factory=lambda: [DEFAULT_SERVER])
    email: str = ""
    access_token: str = ""
    refresh_token: str = ""
    conversation: str = ""
    conversation_key: str = ""

    @property
    def is_signed_in(self) -> bool:
        """With an account, or as a guest, whose one token is never refreshed."""
        return bool(self.refresh_token or self.access_token)

    @property
    def is_guest(self) -> bool:
        return bool(self.access_token and not self.refresh_token)

    def sign_out(self) -> None:
        self.email = self.access_token = self.refresh_token = ""
        self.conversation = self.conversation_key = ""


def file_of() -> Path:
    """TICKETSITE_CONFIG, or where the XDG base directory specification has it."""
    if named := os.environ.get("TICKETSITE_CONFIG"):
        return Path(named)
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "ticketsite" / "session.json"


class Keeper:
    """
    Args:
        path: the file, which need not be there yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Kept:
        """
        Raises:
            TicketError: the file is there, and is not one of ours.
        """
        try:
            return Kept(**json.loads(self._path.read_text()))
        except FileNotFoundError:
            return Kept()
        except (OSError, ValueError, TypeError) as error:
            raise TicketError(f"{self._path} cannot be read ({error}); delete it and sign in again.") from error

    def save(self, kept: Kept) -> None:
        """All or nothing, and for the owner's eyes only: it has tokens in it."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=".session-")
        with os.fdopen(handle, "w") as file:
            json.dump(asdict(kept), file)
        Path(name).replace(self._path)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One terminal at a time: a refresh token that two show the site ends the login of both."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._path.with_suffix(".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
