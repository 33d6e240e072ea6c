"""Who serves files where no proxy does? An ASGI application before the site: in development, never in production.

A page with a seat map asks for thirty files. Through the site each would take a thread and all that pages need; here it
is a look whether the file has changed, and bytes from memory, packed as the proxy packs them.
"""

import asyncio
import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousOperation

from .asgi_types import Application, Receive, Send

# As nginx does by default in /static/: who changes a file sees it a minute later, or with the reload button at once.
MAX_AGE_S = 60
KEPT_LIMIT = 1_000
_TEXT = ("text/", "application/javascript", "application/json", "image/svg+xml")


@dataclass(frozen=True, slots=True)
class ServedFile:
    """What a file was when it was last changed, at `changed_ns`."""

    changed_ns: int
    etag: bytes
    content_type: bytes
    plain: bytes
    packed: bytes | None


class ServedFiles:
    """Files that `{% static %}` names, below `prefix`; everything else is the site's."""

    def __init__(self, site: Application, *, prefix: str) -> None:
        self._site = site
        self._prefix = prefix
        self._kept: dict[Path, ServedFile] = {}

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        path = scope["path"]
        if not path.startswith(self._prefix) or scope["method"] not in ("GET", "HEAD"):
            await self._site(scope, receive, send)
            return
        file = await asyncio.to_thread(self._file, path.removeprefix(self._prefix))
        if file is None:
            await self._site(scope, receive, send)
        else:
            await _answer(file, dict(scope["headers"]), send)

    def _file(self, name: str) -> ServedFile | None:
        try:
            found = finders.find(name)
        except (SuspiciousOperation, ValueError):
            return None
        if not found or not (path := Path(found)).is_file():
            return None
        changed_ns = path.stat().st_mtime_ns
        kept = self._kept.get(path)
        if kept is None or kept.changed_ns != changed_ns:
            if len(self._kept) >= KEPT_LIMIT:
                self._kept.clear()
            kept = self._kept[path] = _read(path, changed_ns)
        return kept


def _read(path: Path, changed_ns: int) -> ServedFile:
    plain = path.read_bytes()
    content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    is_text = content_type.startswith(_TEXT)
    if is_text:
        content_type += "; charset=utf-8"
    packed = gzip.compress(plain, mtime=0) if is_text else None
    etag = f'W/"{hashlib.sha256(plain).hexdigest()[:16]}"'
    return ServedFile(changed_ns, etag.encode(), content_type.encode(), plain, packed)


async def _answer(file: ServedFile, asked: dict[bytes, bytes], send: Send) -> None:
    headers = [
        (b"etag", file.etag),
        (b"cache-control", f"public, max-age={MAX_AGE_S}".encode()),
        (b"vary", b"Accept-Encoding"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if file.etag in asked.get(b"if-none-match", b""):
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body"})
        return
    body = file.plain
    if file.packed is not None and b"gzip" in asked.get(b"accept-encoding", b""):
        body = file.packed
        headers.append((b"content-encoding", b"gzip"))
    headers += [(b"content-type", file.content_type), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
