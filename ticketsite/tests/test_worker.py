"""The worker does every job in its rhythm, survives what a job throws, and stops when it is told to."""

import logging
import os
import re
import shutil
import signal
import subprocess
import sys
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest
from django.core import mail as mailbox
from django.core.management import call_command
from django.utils import timezone

from booking import seatstore
from booking.models import Inventory, Order
from booking.seatstore import StoreUnavailable
from booking.tests.selling import a_held_order
from payments.models import Payment
from payments.services import pay_order, paying
from payments.tests.paying import GOOD, Crash, crashing_before
from tests.running.waiting import wait_for
from ticketsite.management.commands import worker
from ticketsite.management.commands.worker import Job, _turns

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def test_connection_stays(monkeypatch):
    """A worker drops connections that went bad; the test's own must outlive the job."""
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)


@pytest.mark.django_db
def test_one_round_opens_sales_and_finishes_what_a_crash_left(seat_store, monkeypatch):
    order = a_held_order()
    with monkeypatch.context() as patched:
        patched.setattr(paying, "confirm_in_store", crashing_before(None))
        with pytest.raises(Crash):
            pay_order(order=order, method=GOOD, request_id="p1")
    Payment.objects.update(updated_at=timezone.now() - timedelta(minutes=1))
    Inventory.objects.update(state=Inventory.State.PUBLISHING)
    call_command("worker", once=True)
    order.refresh_from_db()
    assert order.status == Order.Status.CONFIRMED
    assert Inventory.objects.get().state == Inventory.State.OPEN


@pytest.mark.django_db
def test_one_round_sends_the_mail_that_is_due(seat_store):
    order = a_held_order()
    pay_order(order=order, method=GOOD, request_id="p1")
    assert mailbox.outbox == []
    call_command("worker", once=True)
    assert [message.to for message in mailbox.outbox] == [[order.customer.email]]


def test_a_job_that_fails_is_logged_and_comes_again_later_each_time(monkeypatch, caplog):
    def fail(now):
        raise RuntimeError("broken")

    clock = iter([0.0, 100.0, 200.0])
    monkeypatch.setattr(worker.time, "monotonic", lambda: next(clock))
    job = Job("breaking", 1, fail)
    dues = []
    for _ in range(3):
        job.take_turn()
        dues.append(job.due_at_s)
    assert dues == [2.0, 104.0, 208.0]
    assert caplog.text.count("breaking failed") == 3


@pytest.mark.django_db
def test_while_the_store_is_away_a_round_asks_it_once_a_job_and_reaches_every_job(seat_store, monkeypatch):
    for _ in range(3):
        a_held_order()
    Order.objects.update(status=Order.Status.DRAFT, created_at=timezone.now() - timedelta(minutes=5))
    asked, reached = [], []

    def no_answer(**_):
        asked.append("release")
        raise StoreUnavailable("no leader")

    monkeypatch.setattr(seatstore, "release_hold", no_answer)
    monkeypatch.setattr(worker, "settle_unfinished", lambda **_: reached.append("settle"))
    call_command("worker", once=True)
    assert (asked, reached) == (["release"], ["settle"])


def test_an_outage_of_the_store_is_told_once(caplog):
    def no_leader(now):
        raise StoreUnavailable("no leader")

    job = Job("waiting", 1, no_leader)
    with caplog.at_level(logging.INFO):
        for _ in range(5):
            job.take_turn()
    assert caplog.text.count("waiting waits") == 1
    assert job.failures == 5


def test_a_job_that_recovers_returns_to_its_rhythm(monkeypatch):
    monkeypatch.setattr(worker.time, "monotonic", lambda: 0.0)
    job = Job("recovering", 5, lambda now: 0, failures=7)
    job.take_turn()
    assert (job.failures, job.due_at_s) == (0, 5.0)


def test_jobs_take_turns_and_a_slow_rhythm_does_not_hold_up_a_quick_one():
    done = []
    jobs = [Job("slow", 3600, lambda now: done.append("slow")), Job("quick", 0.01, lambda now: done.append("quick"))]
    for job in islice(_turns(jobs), 5):
        job.take_turn()
    assert done == ["slow", "quick", "quick", "quick", "quick"]


def blocks(pid: int, number: int) -> bool:
    """A worker at work hears of signals between two jobs."""
    status = Path(f"/proc/{pid}/status").read_text()
    return bool(int(re.search(r"^SigBlk:\s*(\w+)", status, re.MULTILINE)[1], 16) >> (number - 1) & 1)


def test_it_stops_cleanly_when_it_is_told_to_however_often(tmp_path, migrated_database):
    environment = {
        **os.environ,
        "TICKETSITE_VAR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'worker.sqlite3'}",
        "SEAT_STORE_ADDRESSES": "127.0.0.1:1",
    }
    shutil.copy(migrated_database, tmp_path / "worker.sqlite3")
    process = subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=ROOT, env=environment)
    try:
        wait_for(lambda: blocks(process.pid, signal.SIGTERM), "a worker at work", timeout_s=60)
        # A closing terminal and a process manager may both say so, one in the middle of the other.
        for _ in range(50):
            process.send_signal(signal.SIGTERM)
            process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
