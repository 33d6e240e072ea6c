"""How does a mail reach a customer, once, whatever crashes? It is a row first, and the worker sends it.

The row is written in the transaction that gives reason for the mail. A worker takes it by a conditional UPDATE that
also puts its next attempt off, so whoever dies while sending is followed by another attempt later; every attempt
carries the same Message-ID, by which mail programs know a second copy.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused

from moneyed import Money

from booking.models import Inventory, Order, OutgoingMail, WaitingEntry
from booking.tickets.mailing import written

logger = logging.getLogger(__name__)

# With pauses that double: the last attempt comes about a day and a half after the first.
MAX_ATTEMPTS = 12
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)


# Who says how late a run is may say it better in the next moment; its passengers get one mail.
DELAY_SETTLES = timedelta(minutes=1)

_BATCH = 500

# What a server that is there says of one mail.
REFUSALS = (SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused)


class MailServerAway(Exception):
    """No mail can be sent just now; what is due waits."""


def post(*, order: Order, kind: OutgoingMail.Kind, now: datetime) -> None:
    """Have a mail of this kind sent about the order. Call it inside the transaction that gives reason for it."""
    OutgoingMail.objects.create(order=order, kind=kind, created_at=now, due_at=now)


def post_waiting(*, entry: WaitingEntry, now: datetime) -> None:
    """As post: the customer has a place in a waiting list."""
    OutgoingMail.objects.create(waiting_entry=entry, kind=OutgoingMail.Kind.WAITING, created_at=now, due_at=now)


def take_back_waiting(*, entry: WaitingEntry) -> None:
    """What was not said yet about a place in a waiting list is not true any more."""
    OutgoingMail.objects.filter(waiting_entry=entry, sent_at=None).delete()


def post_cancellation(*, order: Order, seats: Sequence[str], back: Money, now: datetime) -> None:
    """As post: seats of the order, by label, were given back, and so much goes back for them."""
    OutgoingMail.objects.create(
        order=order,
        kind=OutgoingMail.Kind.CANCELLED,
        seats=list(seats),
        amount=back.amount,
        currency=back.currency.code,
        created_at=now,
        due_at=now,
    )


def post_delay(*, inventory: Inventory, now: datetime) -> None:
    """As post: everybody with a ticket of this run is told whether it is late. Who is about to be told is told once."""
    K = OutgoingMail.Kind
    with_tickets = Order.objects.filter(tickets__inventory=inventory, tickets__voided_at=None)
    told_soon = Order.objects.filter(mails__kind=K.DELAYED, mails__attempts=0, mails__sent_at=None)
    orders = with_tickets.exclude(pk__in=told_soon).distinct().values_list("pk", flat=True)
    due_at = now + DELAY_SETTLES
    OutgoingMail.objects.bulk_create(
        (OutgoingMail(order_id=order, kind=K.DELAYED, created_at=now, due_at=due_at) for order in orders),
        batch_size=_BATCH,
    )


def send_due_mail(*, now: datetime, limit: int) -> int:
    """Try up to `limit` mails that are due. Returns how many were sent.

    One that cannot be written, or is refused, is logged, put off, and does not keep the others waiting. After
    MAX_ATTEMPTS it is left to people: the back office lists it.

    Raises:
        MailServerAway: the rest waits for the next round; to find it out again for each would take too long.
    """
    due = OutgoingMail.objects.filter(sent_at=None, due_at__lte=now, attempts__lt=MAX_ATTEMPTS)
    return sum(
        _try(mail, now)
        for mail in due.select_related("order__customer", "waiting_entry__customer").order_by("due_at")[:limit]
    )


def send_again(*, mail: OutgoingMail, now: datetime) -> None:
    """Have a mail that was sent, or given up, sent once more."""
    OutgoingMail.objects.filter(pk=mail.pk).update(sent_at=None, attempts=0, due_at=now, last_error="")


def _try(mail: OutgoingMail, now: datetime) -> bool:
    if not _claim(mail, now):
        return False
    if mail.about.customer.is_sandbox:
        # Nobody: written down as sent, or it would be tried again.
        OutgoingMail.objects.filter(pk=mail.pk).update(sent_at=now)
        return False
    try:
        written(mail, now=now).send()
    except REFUSALS as error:
        # What it says names the customer's address, which belongs in no log.
        logger.warning("Mail %s, attempt %s: %s", mail.pk, mail.attempts + 1, type(error).__name__)
        _put_off(mail, error)
        return False
    except OSError as error:
        _put_off(mail, error)
        raise MailServerAway(type(error).__name__) from error
    except Exception as error:
        # A mistake of ours in one mail must not keep the others from being sent.
        logger.exception("Mail %s, attempt %s", mail.pk, mail.attempts + 1)
        _put_off(mail, error)
        return False
    OutgoingMail.objects.filter(pk=mail.pk).update(sent_at=now, last_error="")
    return True


def _claim(mail: OutgoingMail, now: datetime) -> bool:
    pause = min(FIRST_PAUSE * 2**mail.attempts, LONGEST_PAUSE)
    untouched = OutgoingMail.objects.filter(pk=mail.pk, attempts=mail.attempts, sent_at=None, due_at=mail.due_at)
    return bool(untouched.update(attempts=mail.attempts + 1, due_at=now + pause))


def _put_off(mail: OutgoingMail, error: Exception) -> None:
    OutgoingMail.objects.filter(pk=mail.pk).update(last_error=f"{type(error).__name__}: {error}"[:240])
