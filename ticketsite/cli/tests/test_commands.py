"""What a command sends after what was typed: what is meant, only after a yes, and nothing if it is unclear."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from typer.testing import CliRunner

from ticketsite.cli.app import Shell, app
from ticketsite.cli.errors import TicketError
from ticketsite.cli.keeping import Keeper, Kept
from ticketsite.cli.runs import Run
from ticketsite.cli.screen import Screen
from ticketsite.cli.seats import read_seats
from ticketsite.cli.site import Site
from ticketsite.cli.watching import _changes

from .answering import Answering, Reply, answering


def typed(server: Answering, *arguments: str):
    """What became of the command; nobody is there to be asked."""
    with TemporaryDirectory() as home:
        environment = {"TICKETSITE_SERVERS": server.url, "TICKETSITE_CONFIG": f"{home}/session.json"}
        shell = Shell(a_site(server), Screen())
        return CliRunner().invoke(app, list(arguments), obj=shell, env=environment)


def test_tokens_are_shown_to_no_server_that_did_not_give_them(tmp_path):
    kept = Kept(servers=["https://tickets.example.com"], email="a@example.com", access_token="a", refresh_token="r")
    Keeper(tmp_path / "session.json").save(kept)
    with answering(Reply(200, [])) as stranger:
        environment = {"TICKETSITE_SERVERS": stranger.url, "TICKETSITE_CONFIG": str(tmp_path / "session.json")}
        CliRunner().invoke(app, ["waiting"], obj=Shell(a_site(stranger), Screen()), env=environment)
    assert "authorization" not in stranger.asked[0].headers


def a_site(server: Answering) -> Site:
    """Nobody's, which keeps nothing."""
    return Site(Kept(), Keeper(Path("/dev/null")), servers=[server.url])


def an_order(**changed) -> dict:
    seats = [
        {"id": "C1-1", "seat": "C1-1", "cancelled_at": "2026-11-20T10:00:00Z"},
        {"id": "C1-2", "seat": "C1-2", "cancelled_at": None},
    ]
    return {"id": "o", "reference": "ABCD2345", "status": "PARTLY_CANCELLED", "hold": "h", "seats": seats, **changed}


def one_page(*rows: dict) -> Reply:
    return Reply(200, {"results": list(rows), "next": None})


OFFER = {
    "id": "f",
    "seats": ["C1-2"],
    "refund": {"amount": "5.00", "currency": "INR"},
    "fee": {"amount": "1.00", "currency": "INR"},
}


def test_without_a_yes_what_comes_back_is_shown_and_nothing_is_cancelled():
    with answering(one_page(an_order()), Reply(201, OFFER), Reply(200, {})) as server:
        done = typed(server, "cancel", "abcd2345", "c1-2")
    assert isinstance(done.exception, TicketError)
    assert "INR 5.00 goes back to you, after a fee of INR 1.00" in done.output
    assert server.lines == ["GET orders/", "POST orders/o/refund-offers/"]
    assert server.asked[1].body == {"seats": ["C1-2"]}


def test_what_is_cancelled_is_the_offer_that_was_shown():
    with answering(one_page(an_order()), Reply(201, OFFER), Reply(200, {"order": an_order()})) as server:
        assert typed(server, "cancel", "ABCD2345", "--yes").exit_code == 0
    assert server.lines[-1] == "POST orders/o/cancel/"
    assert server.asked[-1].body == {"refund_offer": "f"}


def test_a_seat_that_was_given_back_is_not_given_back_again():
    with answering(one_page(an_order())) as server:
        done = typed(server, "cancel", "ABCD2345", "C1-1", "--yes")
    assert "no seat C1-1" in str(done.exception)
    assert server.lines == ["GET orders/"]


def test_what_begins_alike_is_not_guessed_at():
    both = [{"id": "aaaa1111"}, {"id": "aaaa2222"}]
    with answering(one_page(*both), Reply(200, both)) as server:
        assert "2 transactions begin with aaaa" in str(typed(server, "payment", "aaaa").exception)
        assert "2 places begin with aaaa" in str(typed(server, "unwait", "aaaa").exception)
    assert server.lines == ["GET payments/", "GET waiting-list/"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("A-1", "--count", "2"), "Name seats, or say how many"),
        ((), "Name seats, or say how many"),
        (("A-1", "--card", "4242424242424242"), "--cvc"),
        (("A-1", "--card", "4242424242424242", "--cvc", "123", "--expiry", "2030-12"), "like 12/30"),
    ],
)
def test_what_could_not_be_bought_is_not_even_held(arguments, said):
    with answering() as server:
        assert said in str(typed(server, "book", "s9", *arguments).exception)
    assert server.asked == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "AAA"), "both --from and --to"),
        (("--from", "Delhi", "--to", "AAA"), "may be New Delhi (NDLS), Old Delhi (DLI)"),
    ],
)
def test_a_journey_of_which_an_end_is_unclear_is_not_booked(arguments, said):
    places = [{"code": "NDLS", "name": "New Delhi"}, {"code": "DLI", "name": "Old Delhi"}]
    with answering(*[Reply(200, {"results": places})] * 2) as server:
        assert said in str(typed(server, "book", "t1", "1", *arguments, "--hold").exception)
    assert not [line for line in server.lines if not line.startswith("GET places/")]


def test_a_question_that_is_refused_is_not_asked_again_as_a_new_one():
    refused = Reply(400, {"code": "message-too-long", "detail": "At most 500 characters."})
    with answering(refused) as server:
        assert "500" in str(typed(server, "ask", "why?").exception)
    assert server.lines == ["POST assistant/"]


def test_a_program_is_never_asked_anything(monkeypatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    assert [Screen(as_json=as_json).may_ask for as_json in (False, True)] == [True, False]


def test_with_json_nothing_but_the_document_is_written():
    with answering(one_page(an_order())) as server:
        assert json.loads(typed(server, "--json", "bookings").stdout) == [an_order()]


def a_run(first: int, last: int) -> Run:
    return Run("t1", "train-1", "12951", "Mon", "Asia/Kolkata", (first, last), (), is_train=True)


@pytest.mark.parametrize(("legs", "state"), [((1, 2), "held"), ((3, 3), "free"), ((3, 4), "sold")])
def test_a_seat_is_free_if_it_is_on_the_legs_of_the_journey(legs, state):
    seats = [{"name": "B1-1", "label": "1", "x": 0, "y": 0}]
    plan = {"sections": [{"label": "B1", "title": "Coach B1", "seats": seats}]}
    taken = {"seats": [{"seat": "B1-1", "held": [2], "sold": [4]}], "index": 7, "log": "a"}
    with answering(Reply(200, plan), Reply(200, taken)) as server:
        assert read_seats(a_site(server), a_run(*legs)).state_of("B1-1") == state


@pytest.mark.parametrize(("legs", "state"), [((2, 2), "held"), ((3, 3), "free"), ((3, 4), "sold")])
def test_a_change_is_told_as_it_is_on_the_legs_of_the_journey(legs, state, monkeypatch):
    # In hexadecimal, the first leg in the lowest bit: the second is held, the fourth sold.
    change = {"type": "seats", "seats": [["B1-1", "2", "8"]]}
    monkeypatch.setattr("ticketsite.cli.watching._messages", lambda *_: iter([change]))
    with answering(Reply(200, {"sections": []}), Reply(200, {"seats": [], "index": 7, "log": "a"})) as server:
        here = a_site(server)
        assert list(_changes(here, a_run(*legs), read_seats(here, a_run(*legs)))) == [("B1-1", state)]
