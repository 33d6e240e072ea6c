"""Is anybody still waiting for the answer to this request? Under WSGI a request may have stood in line for long.

The proxy bounds the line and says when it let a request in (deploy/nginx.conf). What has waited too long is refused at
once instead of worked off: its client has been told to come again, and the line gets shorter the sooner.
"""

import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication

from .refusals import BUSY, language_wanted


class Patience:
    """A WSGI application around another: refuses what the proxy let in more than `patience_s` ago.

    `open_paths` are let in always: who watches over the process must learn that it lives, above all when it is busy.
    """

    def __init__(
        self,
        application: WSGIApplication,
        *,
        patience_s: float,
        open_paths: frozenset[str] = frozenset(),
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self._application = application
        self._patience_s = patience_s
        self._open_paths = open_paths
        self._now_s = now_s

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path not in self._open_paths and self._waited_s(environ) > self._patience_s:
            asked = environ.get("HTTP_ACCEPT_LANGUAGE", "")
            language = language_wanted(cookie=environ.get("HTTP_COOKIE", ""), accept_language=asked)
            headers, body = BUSY.answer_to(path, language)
            start_response(f"{BUSY.status} {HTTPStatus(BUSY.status).phrase}", headers)
            return [body]
        return self._application(environ, start_response)

    def _waited_s(self, environ: dict[str, Any]) -> float:
        """How long ago the proxy let this request in; 0 if no proxy says so."""
        try:
            return self._now_s() - float(environ.get("HTTP_X_REQUEST_START", ""))
        except ValueError:
            return 0.0
