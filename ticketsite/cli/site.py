"""How does the terminal reach the site? By REST, at the first of its servers that answers.

A request that may be repeated is, for as long as `Patience` lasts: reading always may be; what changes something
carries an Idempotency-Key, under which the site does it once however often it is asked. What cannot be repeated and got
no answer is said to be unknown, never guessed.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

import httpx2 as httpx

from .errors import NotSignedIn, Problem, SiteUnavailable, TicketError
from .keeping import Keeper, Kept
from .reaching import Patience, failure_of

ANSWER_LIMIT_S = 15.0
CONNECT_LIMIT_S = 3.0
# For one request: another terminal's tokens, and if these have run out too, tokens of one's own.
MOST_RENEWALS = 2
# The list of somebody's devices shows it.
CALLED = "ticket"
RETRY_LATER = (408, 429, 502, 503, 504)
MOST_PAGES = 50

Json = dict[str, Any]


class Site:
    """
    Args:
        kept: tokens, changed when they are renewed.
        servers: of those that gave them, who may be asked; the first that answers is.
        keeper: writes them down then, and knows whether another terminal has renewed them.
        waits: told the reason of each wait, to show it.
    """

    def __init__(
        self,
        kept: Kept,
        keeper: Keeper,
        *,
        servers: Sequence[str],
        waits: Callable[[str], None] = lambda reason: None,
    ) -> None:
        self.kept = kept
        self._keeper = keeper
        self._waits = waits
        self._servers = list(servers)
        self._http = httpx.Client(
            timeout=httpx.Timeout(ANSWER_LIMIT_S, connect=CONNECT_LIMIT_S), headers={"User-Agent": CALLED}
        )

    @property
    def server(self) -> str:
        """The one that answered last, or will be asked first."""
        return self._servers[0]

    @property
    def servers(self) -> list[str]:
        return list(self._servers)

    def reach(self, server: str) -> str:
        """Ask one server alone. Returns what is wrong with it; nothing if it answers."""
        try:
            answer = self._http.get(f"{server}/api/v1/status/")
        except httpx.TransportError as error:
            return failure_of(error).said
        return "" if answer.is_success else f"answers {answer.status_code}"

    def close(self) -> None:
        self._http.close()

    # --- Requests -----------------------------------------------------------------------------------

    def get(self, path: str, **query: Any) -> Json:
        """
        Raises:
            Problem, NotSignedIn, SiteUnavailable
        """
        return self._ask("GET", path, query=query, repeatable=True)

    def list(self, path: str) -> list[Json]:
        """A short list, which comes whole.

        Raises:
            Problem, NotSignedIn, SiteUnavailable
        """
        answer: list[Json] = self._send("GET", path, query={}, body=None, headers={}, repeatable=True).json()
        return answer

    def file(self, path: str) -> bytes:
        """
        Raises:
            Problem, NotSignedIn, SiteUnavailable
        """
        return self._send("GET", path, query={}, body=None, headers={}, repeatable=True).content

    def pages(self, path: str, **query: Any) -> Iterator[Json]:
        """Every row of a list that comes in pages."""
        answer = self.get(path, **query)
        for _ in range(MOST_PAGES):
            yield from answer["results"]
            following = answer.get("next")
            if not following:
                return
            answer = self.get(path, **dict(httpx.URL(following).params))

    def post(self, path: str, body: Mapping[str, Any], *, key: str | None = None, repeatable: bool = True) -> Json:
        """
        Args:
            key: the Idempotency-Key; drawn if it is missing.
            repeatable: False where the site does not heed keys, as when an account is opened.

        Raises:
            Problem, NotSignedIn, SiteUnavailable
        """
        headers = {"Idempotency-Key": key or str(uuid4())} if repeatable else {}
        return self._ask("POST", path, body=body, headers=headers, repeatable=repeatable)

    def put(self, path: str, body: Mapping[str, Any]) -> Json:
        """
        Raises:
            Problem, NotSignedIn, SiteUnavailable
        """
        return self._ask("PUT", path, body=body, repeatable=True)

    def delete(self, path: str) -> Json:
        """
        Returns: what the site says of it, mostly nothing.

        Raises:
            Problem, NotSignedIn, SiteUnavailable
        """
        return self._ask("DELETE", path, repeatable=True)

    def events(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Iterator[Json]:
        """What the site tells bit by bit, each with its name as `type` (server-sent events).

        Raises:
            Problem, NotSignedIn, SiteUnavailable
        """
        wanted = {**headers, "Accept": "text/event-stream"}
        answer = self._send("POST", path, query={}, body=body, headers=wanted, repeatable=True, stream=True)
        name = ""
        try:
            for line in answer.iter_lines():
                field, _, value = line.partition(": ")
                if field == "event":
                    name = value
                elif field == "data":
                    yield {"type": name, **json.loads(value)}
        except httpx.TransportError as error:
            raise SiteUnavailable(f"{self.server} broke off in the middle; ask again.") from error
        finally:
            answer.close()

    # --- Who is signed in ---------------------------------------------------------------------------

    def sign_in(self, email: str, password: str, code: str = "") -> str:
        """
        Args:
            code: of the authenticator app, where the account asks for one.

        Returns: nothing; or, if the address was never confirmed, what `confirm` needs beside the code that was mailed.

        Raises:
            Problem: address and password do not go together, or a code is asked for.
            SiteUnavailable
        """
        self.kept.sign_out()
        given = {"email": email, "password": password, **({"code": code} if code else {})}
        answer = self.post("token/", given, repeatable=False)
        if "verification" in answer:
            return str(answer["verification"])
        self._keep(email, answer)
        return ""

    def register(self, email: str, password: str, name: str) -> str:
        """
        Returns: what `confirm` needs beside the code that was mailed.

        Raises:
            Problem: the password is too simple.
            SiteUnavailable
        """
        self.kept.sign_out()
        given = {"email": email, "password": password, "name": name}
        return str(self.post("register/", given, repeatable=False)["verification"])

    def confirm(self, email: str, verification: str, code: str) -> None:
        """
        Raises:
            Problem: this code was not sent to the address, or is worth nothing any more.
            SiteUnavailable
        """
        given = {"verification": verification, "code": code}
        self._keep(email, self.post("register/confirm/", given, repeatable=False))

    def be_a_guest(self, email: str) -> None:
        """
        Raises:
            Problem: it is no address.
            SiteUnavailable
        """
        self.kept.sign_out()
        self.kept.access_token = self.post("guests/", {"email": email}, repeatable=False)["guest_token"]
        self.kept.email = email
        self._keeper.save(self.kept)

    def log_out(self) -> None:
        """End the tokens where that can be done, and forget them in any case."""
        try:
            if self.kept.refresh_token:
                self._ask("DELETE", "me/devices/this/", repeatable=False)
        except TicketError as error:
            self._waits(f"The site does not know of it yet ({error}).")
        self.sign_out()

    def sign_out(self) -> None:
        """Forget the tokens."""
        self.kept.sign_out()
        self._keeper.save(self.kept)

    def keep_conversation(self, conversation: str, key: str) -> None:
        """With the assistant; empty: the next question begins another."""
        self.kept.conversation, self.kept.conversation_key = conversation, key
        self._keeper.save(self.kept)

    def _keep(self, email: str, answer: Json) -> None:
        self.kept.email = email
        self.kept.access_token, self.kept.refresh_token = answer["access_token"], answer["refresh_token"]
        self._keeper.save(self.kept)

    def _refresh(self) -> None:
        """Renew the tokens; or take those that another terminal has renewed meanwhile."""
        with self._keeper.alone():
            newer = self._keeper.load()
            if newer.email == self.kept.email and newer.refresh_token not in ("", self.kept.refresh_token):
                self.kept.access_token, self.kept.refresh_token = newer.access_token, newer.refresh_token
                return
            given = {"refresh_token": self.kept.refresh_token}
            self.kept.access_token = ""
            try:
                answer = self._ask("POST", "token/refresh/", body=given, repeatable=False)
            except Problem as problem:
                self.sign_out()
                raise NotSignedIn("You were signed out. Sign in again with: ticket login") from problem
            self._keep(self.kept.email, answer)

    # --- One exchange -------------------------------------------------------------------------------

    def _ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool,
    ) -> Json:
        answer = self._send(method, path, query=query or {}, body=body, headers=headers or {}, repeatable=repeatable)
        if not answer.content:
            return {}
        try:
            found: Json = answer.json()
        except ValueError as error:
            raise self._is_another() from error
        return found

    def _send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any],
        body: Mapping[str, Any] | None,
        headers: Mapping[str, str],
        repeatable: bool,
        stream: bool = False,
    ) -> httpx.Response:
        patience = Patience(self._servers, waits=self._waits)
        renewals = 0
        while True:
            had_token = bool(self.kept.access_token)
            try:
                answer = self._send_once(method, path, query=query, body=body, headers=headers, stream=stream)
            except httpx.TransportError as error:
                server, was_reached = self.server, not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
                if was_reached and not repeatable:
                    raise SiteUnavailable(
                        f"{server} did not answer; it is not known whether it was done. Look before you repeat it."
                    ) from error
                self._servers.append(self._servers.pop(0))
                patience.spend_on_silence(server, failure_of(error), was_reached=was_reached)
                continue
            if answer.status_code == 401 and had_token and renewals < MOST_RENEWALS and self.kept.refresh_token:
                renewals += 1
                self._refresh()
            elif answer.is_success:
                return answer
            elif answer.status_code in RETRY_LATER and repeatable:
                patience.spend_on_answer(str(self._refused(answer)), _retry_after_s(answer))
            else:
                raise self._refused(answer)

    def _send_once(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any],
        body: Mapping[str, Any] | None,
        headers: Mapping[str, str],
        stream: bool,
    ) -> httpx.Response:
        sent = dict(headers)
        if self.kept.access_token:
            sent["Authorization"] = f"Bearer {self.kept.access_token}"
        request = self._http.build_request(
            method,
            f"{self.server}/api/v1/{path}",
            params={name: value for name, value in query.items() if value is not None},
            json=body,
            headers=sent,
        )
        answer = self._http.send(request, stream=stream)
        if stream and not answer.is_success:
            answer.read()
        return answer

    def _refused(self, answer: httpx.Response) -> TicketError:
        try:
            body = answer.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            # A proxy's own page says that it had nobody to ask; any other is not ours.
            return Problem(answer.status_code, {}) if answer.status_code in RETRY_LATER else self._is_another()
        if answer.status_code == 401 and body.get("code") == "not-authenticated" and not self.kept.is_signed_in:
            return NotSignedIn()
        return Problem(answer.status_code, body)

    def _is_another(self) -> SiteUnavailable:
        return SiteUnavailable(f"{self.server} does not answer like a site of this kind. Is this its address?")


def _retry_after_s(answer: httpx.Response) -> float:
    """The site's own word for how long to wait, in seconds (RFC 9110, section 10.2.3); 0: it says nothing."""
    said = answer.headers.get("Retry-After", "")
    return float(said) if said.isdigit() else 0.0
