"""How is the model asked, and what if it hangs, drips, floods or fails? Never longer than until a deadline.

Any server that speaks OpenAI's chat completions will do; many that run on one's own machine do.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

import httpx2 as httpx
from django.conf import settings

if TYPE_CHECKING:
    import openai

# Each is a thread that waits; who comes when all of them wait is answered without the model.
AT_ONCE = 8
# A few hundred words, with all that is around them.
ANSWER_LIMIT_BYTES = 64 * 1024
ANSWER_LIMIT_TOKENS = 400


class ModelAway(Exception):
    """It could not be asked, or what it sent is no answer."""


class ModelTooSlow(ModelAway):
    """It had not answered when the deadline came."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What it wrote, and how many tokens it says that asking and answering took; 0 if it does not say."""

    text: str
    tokens: int


def prepare() -> None:
    """Do now what would make the first question too slow: the library takes a second to be imported."""
    _client()


_free_threads = BoundedSemaphore(AT_ONCE)


def complete(*, instructions: str, text: str, until_s: float) -> Completion:
    """Let the model answer `text` by `instructions`.

    Args:
        until_s: the moment on the monotonic clock at which nobody waits any more.

    Raises:
        ModelAway, ModelTooSlow
    """
    if not _free_threads.acquire(blocking=False):
        raise ModelAway("as many as may are waiting for it already")
    asked = _threads().submit(_complete, instructions, text, until_s)
    # The thread is free when the answer is there, however long that takes; nobody waits for it so long.
    asked.add_done_callback(lambda _: _free_threads.release())
    try:
        return asked.result(timeout=max(0.0, until_s - time.monotonic()))
    except TimeoutError as error:
        raise ModelTooSlow("no answer in time") from error


def _complete(instructions: str, text: str, until_s: float) -> Completion:
    import openai

    left_s = until_s - time.monotonic()
    if left_s <= 0:
        raise ModelTooSlow("no time is left to ask")
    try:
        answer = _client().chat.completions.create(
            model=settings.ASSISTANT_LLM_MODEL,
            messages=[{"role": "system", "content": instructions}, {"role": "user", "content": text}],
            max_tokens=ANSWER_LIMIT_TOKENS,
            temperature=0,
            timeout=left_s,
        )
        written = answer.choices[0].message.content
        used = answer.usage.total_tokens if answer.usage else 0
    except openai.APITimeoutError as error:
        raise ModelTooSlow(str(error)) from error
    # Of a server that sends what it likes, the library finds fields missing in many ways.
    except (openai.OpenAIError, httpx.HTTPError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise ModelAway(f"{type(error).__name__}: {error}") from error
    if not isinstance(written, str) or not isinstance(used, int):
        raise ModelAway("it answered without a text")
    return Completion(written.strip(), used)


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="language-model")


@cache
def _client() -> "openai.OpenAI":
    # A site without a model need not wait for it.
    import openai

    http = httpx.Client(transport=_Bounded(httpx.HTTPTransport()), headers={"Accept-Encoding": "identity"})
    return openai.OpenAI(
        base_url=settings.ASSISTANT_LLM_URL,
        api_key=settings.ASSISTANT_LLM_KEY or "none",
        max_retries=0,
        http_client=http,
    )


class _Bounded(httpx.BaseTransport):
    """Reads no more of an answer than ANSWER_LIMIT_BYTES."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._inner.handle_request(request)
        if "Content-Encoding" in response.headers:
            raise httpx.DecodingError("it was asked not to pack its answer", request=request)
        assert isinstance(response.stream, httpx.SyncByteStream)
        response.stream = _BoundedStream(response.stream)
        return response

    def close(self) -> None:
        self._inner.close()


class _BoundedStream(httpx.SyncByteStream):
    def __init__(self, inner: httpx.SyncByteStream) -> None:
        self._inner = inner

    def __iter__(self) -> Iterator[bytes]:
        read = 0
        for piece in self._inner:
            read += len(piece)
            if read > ANSWER_LIMIT_BYTES:
                raise httpx.ReadError(f"its answer is longer than {ANSWER_LIMIT_BYTES} bytes")
            yield piece

    def close(self) -> None:
        self._inner.close()
