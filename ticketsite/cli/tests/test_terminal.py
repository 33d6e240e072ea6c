"""The terminal as it is used: real commands, as processes, against a real site."""

import json
import os
import re
import socket
import stat
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from tests.running.ports import free_port
from tests.running.store_cluster import ROOT
from tests.running.waiting import wait_for
from ticketsite.cli.errors import ExitCode
from ticketsite.cli.menu import CHOICES

PASSWORD = "quiet-river-42"
GOOD, DECLINED = "4242424242424242", "4000000000009999"

_ON_SALE = """
import json
from booking.tests.selling import a_performance_on_sale, a_train_on_sale
train, show = a_train_on_sale(), a_performance_on_sale()
print(json.dumps([f"t{train.departure.pk}", train.departure.date.isoformat(), f"s{show.performance.pk}"]))
"""


@dataclass
class Terminal:
    """A user's own terminal: what it keeps is in a file of its own."""

    directory: Path
    servers: list[str]
    new_password: str = ""

    @property
    def config(self) -> Path:
        return self.directory / "session.json"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "TICKETSITE_CONFIG": str(self.config),
            "TICKETSITE_SERVERS": " ".join(self.servers),
            "TICKETSITE_PASSWORD": PASSWORD,
            "TICKETSITE_NEW_PASSWORD": self.new_password,
            "COLUMNS": "160",
        }

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "ticketsite.cli", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=90, check=False
        )

    def type(self, text: str) -> str:
        """What is shown to somebody who types this into the menu."""
        theirs, ours = os.openpty()
        try:
            os.write(theirs, text.encode())
            done = subprocess.run(
                [sys.executable, "-m", "ticketsite.cli"],
                cwd=ROOT, env=self.environment, stdin=ours, capture_output=True, text=True, timeout=90, check=True,
            )  # fmt: skip
        finally:
            os.close(theirs)
            os.close(ours)
        return done.stdout

    def ask(self, *arguments: str):
        """What the command answers with --json."""
        done = self.run("--json", *arguments)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def on_sale(web_server):
    return json.loads(web_server.manage("shell", stdin=_ON_SALE).splitlines()[-1])


@pytest.fixture
def terminal(web_server, tmp_path):
    return Terminal(tmp_path, [web_server.url])


@pytest.fixture
def customer(terminal, web_server):
    email = f"{uuid4().hex}@example.com"
    verification = terminal.ask("register", email, "--name", "Customer")["verification"]
    [code] = re.findall(r"^[0-9A-Z]{4}-[0-9A-Z]{4}$", web_server.mail(email)[-1], re.MULTILINE)
    terminal.ask("confirm", email, verification, code)
    return terminal


def test_a_customer_finds_books_pays_looks_up_and_cancels(customer, on_sale, tmp_path):
    train, date, _ = on_sale
    listed = customer.run("trains", "BBB Junction", "ddd", date)
    assert train in listed.stdout
    assert "Limited" in listed.stdout or "Available" in listed.stdout or "Almost full" in listed.stdout

    way = ("--from", "BBB", "--to", "DDD")
    paid = customer.ask("book", train, "1", "c1-2", *way, "--card", GOOD, "--cvc", "123", "--expiry", "12/30")
    reference = paid["order"]["reference"]
    assert (paid["status"], paid["order"]["status"]) == ("CAPTURED", "CONFIRMED")
    assert [seat["seat"] for seat in paid["order"]["seats"]] == ["C1-1", "C1-2"]

    file = tmp_path / "tickets.pdf"
    codes = customer.ask("tickets", reference, "--pdf", str(file))
    assert len(codes) == 2
    assert file.read_bytes().startswith(b"%PDF")
    assert customer.ask("payment", paid["id"][:8])["order_reference"] == reference

    shown = customer.run("cancel", reference, "C1-1")
    assert (shown.returncode, "goes back to you" in shown.stdout) == (ExitCode.USAGE, True)
    assert customer.ask("booking", reference)["status"] == "CONFIRMED"
    customer.ask("cancel", reference, "C1-1", "--yes")
    assert customer.ask("booking", reference)["status"] == "PARTLY_CANCELLED"


def test_each_refusal_is_one_line_with_an_exit_code_of_its_own(customer, terminal, on_sale, tmp_path):
    show = on_sale[2]
    customer.ask("book", show, "A-1", "--hold")
    stranger = Terminal(tmp_path / "stranger", customer.servers)

    refusals = {
        ExitCode.NOT_SIGNED_IN: stranger.run("bookings"),
        ExitCode.REFUSED: customer.run("book", show, "A-1", "--hold"),
        ExitCode.NOT_FOUND: customer.run("seats", "s999999"),
        ExitCode.USAGE: customer.run("book", show, "Z-99", "--hold"),
        ExitCode.DECLINED: customer.run("book", show, "A-2", "--card", DECLINED, "--cvc", "123", "--expiry", "12/30"),
    }

    assert {code: done.returncode for code, done in refusals.items()} == {code: code for code in refusals}
    for done in refusals.values():
        assert len([line for line in done.stderr.splitlines() if line.startswith("✗")]) == 1
        assert "Traceback" not in done.stderr
    assert "Taken by somebody else: A-1" in refusals[ExitCode.REFUSED].stderr
    assert json.loads(customer.run("--json", "book", show, "A-1", "--hold").stderr)["seats"] == ["A-1"]
    # Nobody is there to type the security code, so nothing is held that could not be paid for.
    assert customer.run("book", show, "A-4", "--card", GOOD).returncode == ExitCode.USAGE
    assert len(customer.ask("bookings")) == 2


def test_another_server_of_the_site_takes_over_and_a_site_that_is_away_is_told(customer, terminal, web_server, on_sale):
    away = f"http://127.0.0.1:{free_port()}"
    customer.servers = [away, web_server.url]
    answer = customer.ask("status")
    assert (answer["server"], answer["can_book"]) == (web_server.url, True)
    customer.servers = [away, web_server.url]
    assert f"… {away} is not running. Trying again.\n" in customer.run("status").stderr

    with socket.create_server(("127.0.0.1", 0)) as silent:
        # Who answers nothing at all is left, too.
        customer.servers = [f"http://127.0.0.1:{silent.getsockname()[1]}", web_server.url]
        assert customer.ask("stations", "AAA")[0]["code"] == "AAA"


def test_tokens_are_kept_for_their_owner_alone_and_renewed_when_they_have_run_out(customer):
    assert stat.S_IMODE(customer.config.stat().st_mode) == 0o600
    kept = json.loads(customer.config.read_text())
    customer.config.write_text(json.dumps({**kept, "access_token": "run-out"}))
    assert customer.ask("whoami")["email"] == kept["email"]
    renewed = json.loads(customer.config.read_text())
    assert renewed["refresh_token"] != kept["refresh_token"]
    customer.ask("logout")
    assert customer.run("whoami").returncode == ExitCode.NOT_SIGNED_IN


def test_tokens_are_not_sent_to_a_server_that_did_not_give_them(customer, web_server):
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as stranger:

        def listen():
            connection, _ = stranger.accept()
            with connection:
                asked.append(connection.recv(65536))
                connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

        listening = threading.Thread(target=listen, daemon=True)
        listening.start()
        customer.servers = [f"http://127.0.0.1:{stranger.getsockname()[1]}"]
        customer.run("whoami")
        listening.join(timeout=30)
    assert asked
    assert b"Bearer" not in asked[0]


def test_a_seat_is_watched_as_it_changes_hands(customer, on_sale):
    show = on_sale[2]
    command = [sys.executable, "-m", "ticketsite.cli", "watch", show, "B-2", "--changes", "1"]
    watching = subprocess.Popen(
        command, cwd=ROOT, env={**customer.environment, "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, text=True
    )
    try:
        assert watching.stdout is not None
        assert "watching B-2" in watching.stdout.readline()
        assert "B-2 free" in watching.stdout.readline()
        customer.ask("book", show, "B-2", "--hold")
        assert "B-2 held" in watching.stdout.readline()
        assert wait_for(lambda: watching.poll() is not None, "it to end after one change")
    finally:
        watching.kill()
        watching.wait()


_EDITOR = """
from accounts.models import User
from accounts.services import vouch_for
from django.contrib.auth.models import Group
from booking.tests.catalogue import a_hall
person = User.objects.create_user("{email}", "{password}", is_staff=True)
person.groups.add(Group.objects.get(name="Catalogue editor"))
vouch_for(person=person)
print(a_hall())
"""


def test_an_editor_adds_a_show_sells_it_and_changes_a_list_by_file(terminal, customer, web_server, tmp_path):
    refused = customer.run("admin", "show", "add", "hamlet", "--title", "Hamlet")
    assert refused.returncode == ExitCode.NOT_SIGNED_IN
    email = f"{uuid4().hex}@example.com"
    hall = web_server.manage("shell", stdin=_EDITOR.format(email=email, password=PASSWORD)).splitlines()[-1]
    terminal.ask("login", email)
    terminal.ask("admin", "show", "add", "hamlet", "--title", "Hamlet", "--minutes", "180")
    played = ("admin", "show", "perform", "hamlet", "--hall", hall, "--at", "2031-05-04 19:30")
    unpriced = terminal.run(*played, "--price", "BEST=500", "--sell")
    assert unpriced.returncode == ExitCode.REFUSED
    assert "needs a price for REST" in unpriced.stderr
    sold = terminal.ask(*played, "--price", "REST=300", "--sell")
    assert sold["sale"]["state"] == "open"
    assert "Hamlet" in terminal.run("show", "hamlet").stdout
    _lets_people_wait_in_line(terminal, sold["run"])
    assert "off sale" in terminal.run("admin", "stop-selling", sold["run"]).stdout
    file = tmp_path / "stations.csv"
    file.write_text("code,name,city\nQAA,Q Town,Qville\nQBB,R Town,\n")
    wrong = terminal.run("admin", "file", "stations", str(file))
    assert "Row 2 city" in wrong.stderr
    file.write_text("code,name,city\nQAA,Q Town,Qville\nQBB,R Town,Qville\n")
    assert terminal.ask("admin", "file", "stations", str(file))["added"] == 2
    listed = [choice.title for choice in CHOICES if choice.is_for(signed_in=True, staff=True)]
    number = listed.index("Add or change a show") + 1
    said = terminal.type("\n".join((str(number), "othello", "Othello", "Play", "Jealousy.", "200", "0", "")))
    assert "Show othello: 1 added" in said


def _lets_people_wait_in_line(terminal, run):
    assert terminal.ask("line", run)["state"] == "closed"
    terminal.ask("admin", "waiting-room", run, "--opens", "2031-05-03 10:00", "--per-minute", "60")
    early = terminal.run("book", run, "--count", "1", "--hold")
    assert (early.returncode, f"Next: ticket line {run}" in early.stderr) == (ExitCode.REFUSED, True)
    assert "in the hour before it opens" in terminal.run("line", run).stderr
    assert "Sat 03 May 2031, 10:00, lets in at most 60" in terminal.run("admin", "waiting-room", run).stdout
    assert terminal.ask("admin", "waiting-room", run, "--close")["state"] in ("closing", "closed")


def test_the_assistant_is_asked_on_from_one_command_to_the_next(terminal):
    assert "pay by card" in terminal.run("ask", "how", "do", "I", "pay?").stdout
    answers = [terminal.ask("ask", "help"), terminal.ask("ask", "--new", "help")]
    assert [answer["number"] for answer in answers] == [2, 1]
    kept = json.loads(terminal.config.read_text())
    terminal.config.write_text(json.dumps({**kept, "conversation_key": "forgotten"}))
    assert terminal.ask("ask", "help")["number"] == 1


def test_without_a_terminal_there_is_no_menu_but_a_hint(terminal):
    done = terminal.run()
    assert done.returncode == ExitCode.USAGE
    assert "ticket --help" in done.stderr


def test_a_guest_buys_and_waits_without_an_account(terminal, on_sale):
    show, email = on_sale[2], f"{uuid4().hex}@example.com"
    terminal.ask("guest", email)
    assert terminal.ask("whoami") == {"server": terminal.servers[0], "email": email, "guest": True}
    paid = terminal.ask("book", show, "A-3", "--card", GOOD, "--cvc", "123", "--expiry", "12/30")
    assert terminal.ask("bookings")[0]["reference"] == paid["order"]["reference"]
    place = terminal.ask("wait", show, "--count", "2")
    assert [each["id"] for each in terminal.ask("waiting")] == [place["id"]]
    assert place["performance"]["show"].split()[0] in terminal.run("waiting").stdout
    assert terminal.ask("unwait", place["id"][:8])["state"] == "left"
    assert terminal.run("devices").returncode == ExitCode.NOT_SIGNED_IN


def test_a_forgotten_password_and_other_devices_are_put_right(customer, web_server):
    email = json.loads(customer.config.read_text())["email"]
    other = Terminal(customer.directory / "other", customer.servers)
    other.ask("login", email)
    assert len(customer.ask("devices")) == 2
    assert {each["name"] for each in customer.ask("devices")} == {"The app ticket"}
    assert [each["is_this"] for each in customer.ask("logout-device")] == [True]
    assert other.run("whoami").returncode == ExitCode.NOT_SIGNED_IN
    verification = other.ask("forgot", email)["verification"]
    [code] = re.findall(r"^[0-9A-Z]{4}-[0-9A-Z]{4}$", web_server.mail(email)[-1], re.MULTILINE)
    reset = Terminal(customer.directory / "reset", customer.servers, new_password="louder-river-43")
    assert reset.ask("reset", verification, code) == {"changed": True}
    assert customer.run("whoami").returncode == ExitCode.NOT_SIGNED_IN
    assert customer.run("login", email).returncode == ExitCode.NOT_SIGNED_IN
    assert customer.ask("login", email, "--password", "louder-river-43") == {"email": email}
