"""How does a message get to an address that nobody trusts? In one request with a deadline, to where it was looked up.

No redirect is followed, no proxy asked, no cookie kept; of an answer only the status counts, and its body is not read.
Several are sent side by side, so that a slow one keeps no other waiting.
"""

import asyncio
import ssl
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx2 as httpx

from ticketsite.partners.errors import AddressRefused
from ticketsite.partners.webhooks.addresses import look_up

# For all of an attempt: looking the name up, connecting, sending and the answer.
DEADLINE_S = 5.0

# Of our own: the loop's would be waited for when it ends, and a name server may take longer than any deadline.
_LOOKING_UP = ThreadPoolExecutor(max_workers=8, thread_name_prefix="webhook-names")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is sent, and where to."""

    url: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an attempt: the status of the answer, or None and why there was none."""

    status: int | None
    error: str = ""

    @property
    def is_received(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def send_all(messages: Sequence[Outgoing]) -> list[Answer]:
    """Send all at once; done after DEADLINE_S, whatever the other sides do. The answers are in the same order."""
    return asyncio.run(_send_all(messages))


async def _send_all(messages: Sequence[Outgoing]) -> list[Answer]:
    trusted = ssl.create_default_context()
    return await asyncio.gather(*(_send(message, trusted) for message in messages))


async def _send(message: Outgoing, trusted: ssl.SSLContext) -> Answer:
    try:
        async with asyncio.timeout(DEADLINE_S):
            return await _attempt(message, trusted)
    except TimeoutError:
        return Answer(None, f"No answer within {DEADLINE_S:.0f} seconds.")
    except AddressRefused as error:
        return Answer(None, str(error))
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return Answer(None, f"{type(error).__name__}: {error}"[:200])


async def _attempt(message: Outgoing, trusted: ssl.SSLContext) -> Answer:
    target = await asyncio.get_running_loop().run_in_executor(_LOOKING_UP, look_up, message.url)
    headers = {
        **message.headers,
        "Host": target.host_header,
        "Content-Type": "application/json",
        "User-Agent": "Ticketsite-Webhooks/1",
        "Accept-Encoding": "identity",
    }
    async with (
        httpx.AsyncClient(verify=trusted, trust_env=False, follow_redirects=False, timeout=DEADLINE_S) as http,
        http.stream(
            "POST",
            target.pinned_url,
            content=message.body,
            headers=headers,
            # The certificate must be that of the name, which the address in the URL is not.
            extensions={"sni_hostname": target.host},
        ) as answer,
    ):
        return Answer(answer.status_code, "" if answer.is_success else f"Answered {answer.status_code}.")
