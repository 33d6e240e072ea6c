"""What is an address of the site, what is said of one that cannot be reached, and how long is it asked again?"""

import socket
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx2 as httpx

from .errors import SiteUnavailable, TicketError

PATIENCE_S = 30.0
# With a site of which not even one server was there.
AWAY_PATIENCE_S = 8.0
PAUSE_S = 0.3
LONGEST_PAUSE_S = 5.0


@dataclass(frozen=True, slots=True)
class Failure:
    """
    Args:
        said: behind the server's address.
        may_pass: whether it is worth asking the same address again.
    """

    said: str
    may_pass: bool = True


def address_meant(text: str) -> str:
    """
    >>> address_meant("https://tickets.example.com/")
    'https://tickets.example.com'

    Raises:
        TicketError: it is no address.
    """
    try:
        parts = urlsplit(text.strip())
        is_one = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and "," not in parts.netloc
    except ValueError:
        is_one = False
    if not is_one:
        raise TicketError(
            f'"{text}" is no address of a site; write it like https://tickets.example.com, and a space between several.'
        )
    return text.strip().rstrip("/")


def failure_of(error: httpx.TransportError) -> Failure:
    """In the words of whoever typed the address."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    if any(isinstance(each, ssl.SSLCertVerificationError) for each in causes):
        return Failure("shows a certificate that is not valid for it", may_pass=False)
    if any(isinstance(each, ssl.SSLError) for each in causes):
        return Failure("does not speak TLS (https)", may_pass=False)
    if any(isinstance(each, socket.gaierror) for each in causes):
        return Failure("is not found: the name is wrong, or there is no network", may_pass=False)
    if any(isinstance(each, ConnectionRefusedError) for each in causes):
        return Failure("is not running")
    return Failure("does not answer")


class Patience:
    """With one request, from its first attempt on. Each reason to wait is told once.

    Args:
        servers: all that may be asked; from one that is silent to one that was not asked yet there is no pause.
        waits: told why.
    """

    def __init__(self, servers: Sequence[str], *, waits: Callable[[str], None]) -> None:
        self._servers = frozenset(servers)
        self._waits = waits
        self._silent: set[str] = set()
        self._hopeless: set[str] = set()
        self._told: set[str] = set()
        self._began_s = time.monotonic()
        self._pause_s = PAUSE_S
        self._limit_s = AWAY_PATIENCE_S

    def spend_on_silence(self, server: str, failure: Failure, *, was_reached: bool) -> None:
        """Wait before the next server is asked.

        Raises:
            SiteUnavailable: that was long enough, or no server will ever be reached like this.
        """
        why = f"{server} {failure.said}"
        self._silent.add(server)
        if not failure.may_pass:
            self._hopeless.add(server)
        if self._hopeless == self._servers:
            raise SiteUnavailable(f"{why}. See TICKETSITE_SERVERS, or --server.")
        if was_reached:
            self._limit_s = PATIENCE_S
        self._spend(why, self._pause_s if self._silent == self._servers else 0.0)

    def spend_on_answer(self, why: str, retry_after_s: float) -> None:
        """Wait as long as the site asks for.

        Raises:
            SiteUnavailable: that is too long.
        """
        self._limit_s = PATIENCE_S
        self._spend(why.rstrip("."), retry_after_s or self._pause_s)

    def _spend(self, why: str, wait_s: float) -> None:
        if time.monotonic() - self._began_s + wait_s > self._limit_s:
            later = f"in {wait_s:.0f} s" if wait_s > PATIENCE_S else "in a moment"
            raise SiteUnavailable(f"{why}. Try again {later}; nothing was lost.")
        if why not in self._told:
            self._told.add(why)
            self._waits(f"{why}. Trying again.")
        if wait_s:
            time.sleep(wait_s)
            self._pause_s = min(LONGEST_PAUSE_S, self._pause_s * 2)
