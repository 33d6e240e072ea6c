"""Do files reach a browser in development as they are, packed, and only if it does not have them already?"""

import gzip
from pathlib import Path

import pytest
from asgiref.testing import ApplicationCommunicator
from django.conf import settings

from ticketsite.served_files import ServedFiles

TOKENS = Path(settings.BASE_DIR) / "static" / "css" / "tokens.css"


async def the_site(scope, receive, send) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b"the site's"})


async def get(
    path: str, method: str = "GET", served: ServedFiles | None = None, **headers: str
) -> tuple[int, dict[bytes, bytes], bytes]:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": named}
    request = ApplicationCommunicator(served or ServedFiles(the_site, prefix="/static/"), scope)
    await request.send_input({"type": "http.request"})
    start, body = await request.receive_output(timeout=10), await request.receive_output(timeout=10)
    return start["status"], dict(start["headers"]), body.get("body", b"")


async def test_a_file_arrives_as_it_is_and_packed_where_that_is_understood():
    status, headers, plain = await get("/static/css/tokens.css")
    assert (status, headers[b"content-type"], plain) == (200, b"text/css; charset=utf-8", TOKENS.read_bytes())
    status, headers, packed = await get("/static/css/tokens.css", accept_encoding="gzip, br")
    assert (status, headers[b"content-encoding"], gzip.decompress(packed)) == (200, b"gzip", plain)
    assert headers[b"content-length"] == str(len(packed)).encode()


async def test_what_is_packed_already_is_not_packed_again():
    _, headers, font = await get("/static/fonts/figtree-latin.woff2", accept_encoding="gzip")
    assert (b"content-encoding" in headers, font[:4]) == (False, b"wOF2")


async def test_who_has_the_file_is_not_sent_it_again():
    _, headers, _ = await get("/static/css/tokens.css")
    status, _, body = await get("/static/css/tokens.css", if_none_match=headers[b"etag"].decode())
    assert (status, body) == (304, b"")


async def test_a_file_that_was_changed_is_sent_as_it_became(tmp_path, settings):
    settings.STATICFILES_DIRS = [tmp_path]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    served, file = ServedFiles(the_site, prefix="/static/"), tmp_path / "some.css"
    for text in ("a {}", "b {}"):
        file.write_text(text)
        assert (await get("/static/some.css", served=served))[2] == text.encode()


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/", "GET"),
        ("/static/", "GET"),
        ("/static/css/", "GET"),
        ("/static/css/none.css", "GET"),
        ("/static/../manage.py", "GET"),
        ("/static//etc/passwd", "GET"),
        ("/static/\0", "GET"),
        ("/static/css/tokens.css", "POST"),
    ],
)
async def test_everything_else_is_the_sites(path: str, method: str):
    assert await get(path, method) == (404, {}, b"the site's")
