"""How the terminal asks: again where that is safe, once where it is not, with tokens that count."""

from collections.abc import Callable

import pytest

from ticketsite.cli import paying, reaching
from ticketsite.cli.errors import ExitCode, Problem, SiteUnavailable
from ticketsite.cli.keeping import Keeper, Kept
from ticketsite.cli.paying import pay_order
from ticketsite.cli.site import Site

from .answering import Reply, answering

BROKEN_OFF = Reply(0)


@pytest.fixture(autouse=True)
def waited_s(monkeypatch) -> list[float]:
    """How long it would have waited."""
    waits: list[float] = []
    monkeypatch.setattr(reaching.time, "sleep", waits.append)
    return waits


@pytest.fixture
def site_at(tmp_path) -> Callable[..., Site]:
    """Of these servers, as the terminal of somebody who has these tokens."""

    def site_at(*servers: str, **tokens: str) -> Site:
        return Site(Kept(servers=list(servers), **tokens), Keeper(tmp_path / "session.json"), servers=servers)

    return site_at


SIGNED_IN = {"email": "a@example.com", "access_token": "old", "refresh_token": "older"}


def test_what_the_site_does_once_however_often_it_is_asked_is_repeated_under_one_key_when_it_says_so(site_at, waited_s):
    busy = Reply(503, {"code": "busy"}, {"Retry-After": "7"})
    with answering(BROKEN_OFF, busy, Reply(201, {"id": 1})) as server:
        assert site_at(server.url).post("holds/", {"seats": ["A-1"]}) == {"id": 1}
    assert len({each.headers["idempotency-key"] for each in server.asked}) == 1
    assert [each.body for each in server.asked] == [{"seats": ["A-1"]}] * 3
    assert waited_s == [reaching.PAUSE_S, 7.0]


@pytest.mark.parametrize(
    ("reply", "error"), [(BROKEN_OFF, SiteUnavailable), (Reply(503, {"code": "busy"}), Problem)], ids=["silent", "busy"]
)
def test_what_cannot_be_repeated_is_asked_once_and_never_said_to_be_undone(site_at, reply, error):
    with answering(reply, Reply(201, {"verification": "v"})) as server, pytest.raises(error) as told:
        site_at(server.url, server.url).register("a@example.com", "secret", "A")
    assert server.lines == ["POST register/"]
    assert told.value.exit_code == ExitCode.UNAVAILABLE
    if error is SiteUnavailable:
        assert "not known whether it was done" in str(told.value)


def test_who_has_no_room_for_longer_than_somebody_waits_is_left_at_once(site_at, waited_s):
    busy = Reply(429, {"code": "throttled"}, {"Retry-After": "3600"})
    with answering(busy) as server, pytest.raises(SiteUnavailable):
        site_at(server.url).get("shows/")
    assert (server.lines, waited_s) == (["GET shows/"], [])


def test_the_server_that_answered_is_the_one_that_is_asked_from_then_on(site_at):
    with answering() as away:
        pass
    with answering(Reply(200, {}), Reply(200, {})) as server:
        asking = site_at(away.url, server.url)
        asking.get("status/")
        asking.get("shows/")
    assert (server.lines, asking.server) == (["GET status/", "GET shows/"], server.url)


def test_a_token_is_renewed_without_showing_the_old_one_and_not_again_and_again(site_at):
    refused = Reply(401, {"code": "authentication-failed", "detail": "No."})
    renewed = [Reply(200, {"access_token": f"a{n}", "refresh_token": f"r{n}"}) for n in (1, 2)]
    with answering(refused, renewed[0], refused, renewed[1], refused) as server:
        site = site_at(server.url, **SIGNED_IN)
        with pytest.raises(Problem, match=r"No\."):
            site.get("me/")
    assert server.lines == ["GET me/", "POST token/refresh/", "GET me/", "POST token/refresh/", "GET me/"]
    assert [each.headers.get("authorization") for each in server.asked] == [
        "Bearer old",
        None,
        "Bearer a1",
        None,
        "Bearer a2",
    ]
    assert [each.body for each in server.asked if each.body] == [{"refresh_token": "older"}, {"refresh_token": "r1"}]
    assert (site.kept.access_token, site.kept.refresh_token) == ("a2", "r2")


def test_the_tokens_of_somebody_else_who_signed_in_meanwhile_are_not_taken(site_at, tmp_path):
    refused = Reply(401, {"code": "authentication-failed", "detail": "No."})
    renewed = Reply(200, {"access_token": "a1", "refresh_token": "r1"})
    with answering(refused, renewed, Reply(200, {"email": "a@example.com"})) as server:
        site = site_at(server.url, **SIGNED_IN)
        somebody_else = Kept(servers=[server.url], email="b@example.com", access_token="b", refresh_token="b")
        Keeper(tmp_path / "session.json").save(somebody_else)
        site.get("me/")
    assert [each.headers.get("authorization") for each in server.asked] == ["Bearer old", None, "Bearer a1"]


@pytest.mark.parametrize("status", [204, 500])
def test_who_signs_out_is_signed_out_at_the_site_and_here_whatever_the_site_says(site_at, tmp_path, status):
    with answering(Reply(status)) as server:
        site = site_at(server.url, **SIGNED_IN)
        site.log_out()
    assert server.lines == ["DELETE me/devices/this/"]
    assert server.asked[0].headers["authorization"] == "Bearer old"
    assert [kept.is_signed_in for kept in (site.kept, Keeper(tmp_path / "session.json").load())] == [False, False]


def test_who_signs_in_shows_nothing_of_who_was_signed_in_before(site_at):
    with answering(Reply(200, {"access_token": "new", "refresh_token": "newer"})) as server:
        site = site_at(server.url, **SIGNED_IN, conversation="c", conversation_key="k")
        site.sign_in("b@example.com", "secret")
    assert "authorization" not in server.asked[0].headers
    assert (site.kept.email, site.kept.conversation, site.kept.conversation_key) == ("b@example.com", "", "")


def test_a_list_is_read_to_its_end_page_by_page_with_what_was_asked(site_at):
    with answering() as server:
        following = f"{server.url}/api/v1/orders/?cursor=c1&state=CONFIRMED"
        server.replies[:] = [
            Reply(200, {"results": [{"id": 1}], "next": following}),
            Reply(200, {"results": [{"id": 2}], "next": None}),
        ]
        assert [row["id"] for row in site_at(server.url).pages("orders/", state="CONFIRMED")] == [1, 2]
    assert server.lines == ["GET orders/?state=CONFIRMED", "GET orders/?cursor=c1&state=CONFIRMED"]


def test_a_payment_that_the_bank_refuses_in_the_end_was_not_made(site_at, monkeypatch):
    monkeypatch.setattr(paying.time, "sleep", lambda _s: None)
    asks = {"id": "p", "status": "REQUIRES_ACTION", "action_url": "https://bank.example/ask", "failure": ""}
    ended = {**asks, "status": "FAILED", "failure": "You said no."}
    said: list[str] = []
    replies = (Reply(201, asks), Reply(200, asks), Reply(200, ended))
    with answering(*replies) as server, pytest.raises(Problem, match="You said no") as refused:
        pay_order(site_at(server.url), "o", {"upi": {"id": "a@bank"}}, waits=said.append)
    assert refused.value.exit_code == ExitCode.DECLINED
    assert server.lines == ["POST payments/", "GET payments/p/", "GET payments/p/"]
    assert "https://bank.example/ask" in said[0]


def test_a_bank_that_does_not_answer_is_not_waited_for_for_ever(site_at, monkeypatch):
    monkeypatch.setattr(paying, "BANK_PATIENCE_S", -1.0)
    asks = {"id": "p", "status": "REQUIRES_ACTION", "action_url": "", "failure": ""}
    with answering(Reply(201, asks)) as server, pytest.raises(SiteUnavailable, match="ticket payment p"):
        pay_order(site_at(server.url), "o", {}, waits=lambda _: None)
    assert server.lines == ["POST payments/"]
