"""What the terminal does when a site is away, busy, or none at all: against a server that says what it is told."""

import json
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx2 as httpx
import pytest

from tests.running.ports import free_port
from ticketsite.cli import app as commands
from ticketsite.cli.errors import ExitCode, NotSignedIn, SiteUnavailable, TicketError
from ticketsite.cli.keeping import Keeper, Kept
from ticketsite.cli.reaching import address_meant, failure_of
from ticketsite.cli.site import Site


class _Answering(BaseHTTPRequestHandler):
    """`answers` of the server: by method and path, what is answered to each token."""

    def do_GET(self):
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        self.server.asked.append((self.path, token))
        status, headers, body = self.server.answers.get(token) or self.server.answers[""]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    with HTTPServer(("127.0.0.1", 0), _Answering) as answering:
        answering.asked = []
        threading.Thread(target=answering.serve_forever, args=(0.02,), daemon=True).start()
        yield answering
        answering.shutdown()


def _site(path, *servers, **tokens):
    kept = Kept(servers=list(servers), email="me@example.com", **tokens)
    return closing(Site(kept, Keeper(path / "session.json"), servers=servers))


def _url(server):
    return f"http://127.0.0.1:{server.server_port}"


def test_what_answers_like_no_site_of_this_kind_is_called_that_and_not_asked_again(server, tmp_path):
    with _site(tmp_path, _url(server)) as site:
        for answer in ((200, {}, b"<html>Log in to this network</html>"), (404, {}, b"<h1>Not here</h1>")):
            server.answers = {"": answer}
            with pytest.raises(SiteUnavailable, match="Is this its address"):
                site.get("shows/")
    assert len(server.asked) == 2


def test_a_site_that_asks_for_more_patience_than_there_is_is_told_with_its_time(server, tmp_path):
    busy = json.dumps({"code": "throttled", "detail": "Too many requests."}).encode()
    server.answers = {"": (429, {"Retry-After": "90"}, busy)}
    with _site(tmp_path, _url(server)) as site, pytest.raises(SiteUnavailable, match=r"Too many.* in 90 s"):
        site.get("shows/")
    assert len(server.asked) == 1


def test_tokens_that_another_terminal_has_renewed_are_taken_instead_of_using_a_token_up_twice(server, tmp_path):
    refused = json.dumps({"code": "not-authenticated", "detail": "Run out."}).encode()
    server.answers = {"": (401, {}, refused), "new": (200, {}, b'{"email": "me@example.com"}')}
    renewed = Kept(servers=[_url(server)], email="me@example.com", access_token="new", refresh_token="second")
    Keeper(tmp_path / "session.json").save(renewed)
    with _site(tmp_path, _url(server), access_token="old", refresh_token="first") as site:
        assert site.get("me/")["email"] == "me@example.com"
    assert server.asked == [("/api/v1/me/", "old"), ("/api/v1/me/", "new")]


def test_who_was_signed_out_elsewhere_is_told_to_sign_in(server, tmp_path):
    server.answers = {"": (401, {}, json.dumps({"code": "invalid-token", "detail": "Used before."}).encode())}
    with (
        _site(tmp_path, _url(server), access_token="old", refresh_token="first") as site,
        pytest.raises(NotSignedIn, match="ticket login"),
    ):
        site.get("me/")
    assert not Keeper(tmp_path / "session.json").load().is_signed_in


def test_an_address_that_can_never_answer_is_not_asked_for_long(server, tmp_path):
    secure = _url(server).replace("http:", "https:")
    with _site(tmp_path, secure) as site, pytest.raises(SiteUnavailable, match=r"TLS.*See TICKETSITE_SERVERS"):
        site.get("shows/")
    with pytest.raises(httpx.ConnectError) as refused:
        httpx.get(f"http://127.0.0.1:{free_port()}")
    assert failure_of(refused.value).said == "is not running"


@pytest.mark.parametrize("text", ["tickets.example.com", "127.0.0.1:8000", "http://[bad", "http://a,http://b", ""])
def test_what_is_no_address_is_refused_with_an_example(text):
    with pytest.raises(TicketError, match=r"https://tickets\.example\.com"):
        address_meant(text)


def test_json_is_understood_behind_the_command_and_a_wrong_command_line_is_json_then(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("TICKETSITE_CONFIG", str(tmp_path / "session.json"))
    monkeypatch.setattr("sys.argv", ["ticket", "trains", "mumbai", "--json"])
    with pytest.raises(SystemExit) as ended:
        commands.main()
    assert ended.value.code == ExitCode.USAGE
    assert json.loads(capsys.readouterr().err) == {
        "code": "usage",
        "detail": "Missing argument 'TO'. See: ticket trains --help",
    }
