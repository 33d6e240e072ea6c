"""Site and worker are killed at every boundary; a minute after they are up again all is ticket or money back."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator

import httpx2 as httpx
import pytest

from tests.crashes.stage import LOOK, SET_THE_STAGE
from tests.running.forks import ROOT
from tests.running.ports import free_port
from tests.running.reaper import Reaper
from tests.running.waiting import wait_for
from tests.running.web_server import WebServer

CARD = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2035, "cvc": "123"}
# What is promised, from the moment at which both are up again.
PROMISED_S = 60

GATEWAY = "payments.gateways.sandbox:SandboxGateway"
PAYING = [
    f"before {GATEWAY}.authorise",
    f"after {GATEWAY}.authorise",
    "before payments.services.paying:begin_confirming",
    "after payments.services.paying:begin_confirming",
    "before booking.seatstore:confirm_hold",
    "after booking.seatstore:confirm_hold",
    f"before {GATEWAY}.capture",
    f"after {GATEWAY}.capture",
    "before payments.services.paying:mark_confirmed",
    "after payments.services.paying:mark_confirmed",
]
CANCELLING = [
    "before booking.seatstore:cancel_seats",
    "after booking.seatstore:cancel_seats",
    f"before {GATEWAY}.refund",
    f"after {GATEWAY}.refund",
]
WORKER = [
    "after booking.seatstore:confirm_hold",
    f"before {GATEWAY}.capture",
    f"after {GATEWAY}.capture",
    "after payments.services.paying:mark_confirmed",
    f"after {GATEWAY}.refund",
]


class Site:
    """The database and the processes on it."""

    def __init__(self, server: WebServer, reaper: Reaper) -> None:
        self._server, self._reaper = server, reaper
        self._log = server.var_dir / "dying.log"

    def ask(self, code: str) -> dict:
        return json.loads(self._server.manage("shell", "-v0", stdin=code, timeout_s=120).splitlines()[-1])

    def killed_while(self, path: str, body: dict, *, token: str, dies_at: str) -> None:
        """Ask a web process for something in the midst of which it is killed."""
        url = f"http://127.0.0.1:{(port := free_port())}"
        arguments = ("ticketsite.asgi:application", "--port", str(port), "--lifespan", "off")
        pid = self._server.forks.begin("tests.crashes.dying:serve", dies_at, *arguments, log=self._log)
        wait_for(lambda: _answers(url), f"the site that dies {dies_at}", timeout_s=60)
        try:
            answer = httpx.post(
                f"{url}/api/v1/{path}", json=body, headers={"Authorization": f"Bearer {token}"}, timeout=30
            )
        except httpx.TransportError:
            pass
        else:
            pytest.fail(f"It did not die {dies_at} but answered {answer.status_code}: {answer.text}")
        assert self._server.forks.wait(pid, timeout_s=30) == -signal.SIGKILL

    def worker_killed(self, dies_at: str) -> None:
        """Have a worker do what is to be done, in the midst of which it is killed."""
        pid = self._server.forks.begin("tests.crashes.dying:work", dies_at, log=self._log)
        assert self._server.forks.wait(pid, timeout_s=120) == -signal.SIGKILL

    def start_worker(self) -> None:
        """One that lives, as it is started in production."""
        with self._log.open("ab") as log:
            self._reaper.start(
                [sys.executable, "manage.py", "worker"],
                cwd=ROOT,
                env=self._server.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=5).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


@pytest.fixture
def site(tmp_path, reaper: Reaper, seat_store, migrated_database) -> Iterator[Site]:
    server = WebServer(tmp_path, reaper, seat_store.addresses)
    shutil.copy(migrated_database, server.database)
    yield Site(server, reaper)
    server.stop()


@pytest.mark.timeout(1500)
def test_whatever_is_killed_at_whichever_step_ends_as_ticket_or_money_back(site: Site) -> None:
    stage = SET_THE_STAGE.replace("TO_PAY", str(len(PAYING))).replace("TO_CANCEL", str(len(CANCELLING)))
    given = site.ask(stage)
    for order, dies_at in zip(given["to_pay"], PAYING, strict=True):
        site.killed_while("payments/", {"order": order, "card": CARD}, token=given["token"], dies_at=dies_at)
    for order, dies_at in zip(given["to_cancel"], CANCELLING, strict=True):
        site.killed_while(f"orders/{order}/cancel/", {}, token=given["token"], dies_at=dies_at)
    assert site.ask(LOOK)["unfinished"]
    for dies_at in WORKER:
        site.worker_killed(dies_at)

    site.start_worker()
    wait_for(lambda: not site.ask(LOOK)["unfinished"], "every step to be finished", timeout_s=PROMISED_S, every_s=2)
    end = site.ask(LOOK)
    assert end["faults"] == []
    assert end["reserved"] == 0
    assert end["kept"] == end["cost"]
    assert all(tickets == sold for tickets, sold in end["seats"])
    assert [end["orders"][order] for order in given["to_cancel"]] == ["CANCELLED"] * len(CANCELLING)
    # Whose card is gone with the process before the gateway is known to have it pays again.
    ends = [end["orders"][order] for order in given["to_pay"]]
    assert set(ends[:2]) <= {"AWAITING_PAYMENT", "CONFIRMED"}
    assert ends[2:] == ["CONFIRMED"] * (len(PAYING) - 2)
