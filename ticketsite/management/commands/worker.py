"""What must happen without a customer asking? The jobs below, each in its own rhythm, until told to stop.

Every job does a bounded amount of work on rows that say where they are, so a worker may be killed at any moment and
several may run side by side. A job that fails is logged and comes again in its next round, later each time.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.utils import timezone

from accounts.replaying import forget_kept_answers
from accounts.tokens import forget_ended_sessions
from assistant.conversations import forget_conversations
from booking.seatstore import OutcomeUnknown, StoreUnavailable
from booking.selling.publishing import publish_due
from booking.services import expire_orders, follow_moves, offer_to_waiting
from booking.services.blocking import settle_blocks
from booking.services.reseating import finish_moves
from booking.services.unused_guests import forget_unused_guests
from booking.tickets.outbox import MailServerAway, send_due_mail
from booking.trains.departures import roll_departures
from booking.waiting_room.rooms import keep_waiting_rooms
from payments.gateways import GatewayUnavailable
from payments.gateways.sandbox import send_webhooks
from payments.reconciliation import compare_books, compare_charges, compare_history, compare_seats
from payments.services import follow_waiting, refund_cancelled_runs, settle_unfinished
from payments.webhooks import handle_events
from ticketsite.partners.webhooks.delivering import deliver_due, send_due_notices
from ticketsite.partners.webhooks.outbox import forget_old_messages, tell_again, tell_of_steps

logger = logging.getLogger(__name__)

BATCH = 100
INVENTORIES_BATCH = 10
MAX_BACKOFF_S = 60.0
SESSIONS_BATCH = 500
# Each may wait for the mail server, and payments wait behind them.
MAILS_BATCH = 10
# Of orders; most of them nobody follows.
STEPS_BATCH = 1000
# Addresses that webhooks are sent to at once.
ADDRESSES_BATCH = 25
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


@dataclass(slots=True)
class Job:
    """Something to do every `every_s` seconds; `do` returns how much it did."""

    name: str
    every_s: float
    do: Callable[[datetime], int]
    due_at_s: float = 0.0
    failures: int = 0

    def run(self) -> bool:
        """Do it once. Returns whether it went well; nothing that happens in it ends the worker."""
        close_old_connections()
        try:
            done = self.do(timezone.now())
        except (StoreUnavailable, OutcomeUnknown, GatewayUnavailable, MailServerAway) as error:
            # An outage elsewhere: said once, not at every round.
            logger.log(logging.DEBUG if self.failures else logging.WARNING, "%s waits: %s", self.name, error)
            return False
        except Exception:
            logger.exception("%s failed", self.name)
            return False
        if done:
            logger.info("%s: %s", self.name, done)
        return True

    def take_turn(self) -> None:
        """Do it, and decide when it is due again: in its own rhythm, or after failures ever later."""
        self.failures = 0 if self.run() else self.failures + 1
        pause_s = min(2.0**self.failures, MAX_BACKOFF_S) if self.failures else self.every_s
        self.due_at_s = time.monotonic() + pause_s


def jobs() -> list[Job]:
    return [
        Job("roll_departures", 3600, lambda now: roll_departures(now=now, days=settings.DEPARTURE_HORIZON_DAYS)),
        Job("forget_ended_sessions", 600, lambda now: forget_ended_sessions(now=now, limit=SESSIONS_BATCH)),
        Job("forget_kept_answers", 600, lambda now: forget_kept_answers(now=now, limit=SESSIONS_BATCH)),
        Job("forget_unused_guests", 3600, lambda now: forget_unused_guests(now=now, limit=SESSIONS_BATCH)),
        Job("forget_conversations", 600, lambda now: forget_conversations(now=now, limit=SESSIONS_BATCH)),
        Job("publish_due", 2, lambda now: publish_due(limit=BATCH)),
        Job("expire_orders", 2, lambda now: expire_orders(now=now, limit=BATCH)),
        Job("send_due_mail", 5, lambda now: send_due_mail(now=now, limit=MAILS_BATCH)),
        Job("keep_waiting_rooms", 1, lambda now: keep_waiting_rooms(now=now, limit=BATCH)),
        Job("settle_blocks", 2, lambda now: settle_blocks(now=now, limit=BATCH)),
        Job("offer_to_waiting", 2, lambda now: offer_to_waiting(now=now, limit=BATCH)),
        Job("follow_moves", 10, lambda now: follow_moves(now=now, limit=BATCH)),
        Job("finish_moves", 2, lambda now: finish_moves(limit=BATCH)),
        Job("compare_charges", 180, lambda now: compare_charges(now=now)),
        Job("compare_history", 10, lambda now: compare_history(now=now)),
        Job("compare_seats", 30, lambda now: compare_seats(now=now, limit=INVENTORIES_BATCH)),
        Job("compare_books", 30, lambda now: compare_books(limit=BATCH)),
        Job("refund_cancelled_runs", 10, lambda now: refund_cancelled_runs(now=now, limit=BATCH)),
        Job("settle_unfinished", 5, lambda now: settle_unfinished(now=now, limit=BATCH)),
        Job("handle_events", 2, lambda now: handle_events(now=now, limit=BATCH)),
        Job("follow_waiting", 5, lambda now: follow_waiting(now=now, limit=BATCH)),
        Job("tell_of_steps", 1, lambda now: tell_of_steps(now=now, limit=STEPS_BATCH)),
        Job("tell_again", 10, lambda now: tell_again(now=now, limit=BATCH)),
        Job("send_due_notices", 60, lambda now: send_due_notices(now=now, limit=MAILS_BATCH)),
        Job("forget_old_messages", 600, lambda now: forget_old_messages(now=now, limit=SESSIONS_BATCH)),
        *([Job("send_webhooks", 1, lambda now: send_webhooks(now=now, limit=BATCH))] if settings.SITE_ADDRESS else []),
    ]


def delivering() -> Job:
    """What waits for other people's servers: it has a thread of its own, so that payments never wait for those."""
    return Job("deliver_due", 1, lambda now: deliver_due(now=now, limit=ADDRESSES_BATCH))


class Command(BaseCommand):
    help = "Do what has to happen without a customer asking: open sales, expire holds, settle payments."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Do every job once and end.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            for job in (*jobs(), delivering()):
                job.run()
            return
        # Blocked, they wait until a job has ended; a handler could interrupt it, or another handler, anywhere.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
        ended = threading.Event()
        aside = threading.Thread(target=_take_turns_aside, args=(delivering(), ended), name="delivering")
        aside.start()
        try:
            for job in _turns(jobs()):
                job.take_turn()
        finally:
            ended.set()
            aside.join()


def _take_turns_aside(job: Job, ended: threading.Event) -> None:
    while not ended.wait(max(0.0, job.due_at_s - time.monotonic())):
        job.take_turn()


def _turns(all_jobs: list[Job]) -> Iterator[Job]:
    """The job that is due soonest, when it is due, until this process is told to stop."""
    while True:
        job = min(all_jobs, key=lambda job: job.due_at_s)
        if signal.sigtimedwait(STOP_SIGNALS, max(0.0, job.due_at_s - time.monotonic())) is not None:
            return
        yield job
