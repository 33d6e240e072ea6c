"""Does a gateway agree with payments and books in all that it ever took and paid back? An hour of it at a time.

`charges.py` looks at the last while, often. This begins at the beginning, and asks in both directions: whether each
charge has its payment, with the same sums in our rows and on the books' account of gateways, and whether each payment
that was taken has its charge. What may still be under way is left alone; what disagrees is looked at twice.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from uuid import UUID

from django.utils.translation import gettext_noop
from moneyed import Money

from payments import gateways
from payments.gateways import Charge, ChargeState, GatewayUnavailable
from payments.models import Bookmark, Finding, LedgerEntry, LedgerPosting, Payment
from payments.reconciliation.charges import (
    SETTLED_AFTER,
    UNDER_WAY,
    disagreements,
    is_being_paid_back,
    payment_of_charge,
)
from payments.reconciliation.findings import report

P = Payment.Status
K = Finding.Kind
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
WINDOW = timedelta(hours=1)
# From the end of one pass over the history to the beginning of the next one.
PAUSE = timedelta(days=1)
_DONE = "done "
_BATCH = 100
_NOT_TAKEN = (ChargeState.AUTHORISED, ChargeState.ACTION_REQUIRED, ChargeState.PENDING)
_ACCOUNTED = (LedgerEntry.Kind.CAPTURE, LedgerEntry.Kind.REFUND)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What gateway, payments and books say differently. `let_go`: a charge that waits for nobody."""

    kind: Finding.Kind
    subject: str
    what: str
    suggestion: str
    payment: Payment | None
    let_go: Charge | None = None

    def __str__(self) -> str:
        return f"{self.what} {self.suggestion}"


@dataclass(slots=True)
class Portion:
    """What was found from `since` until `until`, with what the gateway has `kept`, by currency."""

    since: datetime
    until: datetime
    charges: int = 0
    payments: int = 0
    kept: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    wrong: list[Disagreement] = field(default_factory=list)


def read_history(*, gateway: str, now: datetime) -> Iterator[Portion]:
    """All of a gateway's history up to now, a portion at a time; nothing is changed.

    Raises:
        GatewayUnavailable: what comes after is not known.
    """
    since = BEGINNING
    while (until := _end_of_window(gateway, since, now)) is not None:
        yield _compare(gateway, since, until)
        since = until


def compare_history(*, now: datetime) -> int:
    """Compare the next portion of each gateway's history; the whole of it once a day, if there is not too much of it.

    Returns how many charges and payments were put right or reported.

    Raises:
        GatewayUnavailable: one of them did not answer, after the others were asked; it goes on in the next round.
    """
    done, away = 0, None
    for name in gateways.names():
        try:
            done += _go_on(name, now)
        except GatewayUnavailable as error:
            away = error
    if away is not None:
        raise away
    return done


def _go_on(gateway: str, now: datetime) -> int:
    bookmark, _ = Bookmark.objects.get_or_create(walk=f"history:{gateway}")
    position = bookmark.position
    if position.startswith(_DONE) and now < datetime.fromisoformat(position.removeprefix(_DONE)) + PAUSE:
        return 0
    since = BEGINNING if not position or position.startswith(_DONE) else datetime.fromisoformat(position)
    until = _end_of_window(gateway, since, now)
    wrong = _compare(gateway, since, until).wrong if until is not None else []
    for one in wrong:
        _put_right(gateway, one)
    at_end = until is None or until >= _latest(now)
    Bookmark.objects.filter(pk=bookmark.pk).update(
        position=f"{_DONE}{now.isoformat()}" if at_end or until is None else until.isoformat()
    )
    return len(wrong)


def _put_right(gateway: str, wrong: Disagreement) -> None:
    if wrong.let_go is not None:
        gateways.named(gateway).abandon(key=wrong.let_go.key, reference=wrong.let_go.reference)
        return
    report(
        kind=wrong.kind,
        subject=wrong.subject,
        order=wrong.payment.order if wrong.payment else None,
        payment=wrong.payment,
        what=wrong.what,
        suggestion=wrong.suggestion,
    )


def _latest(now: datetime) -> datetime:
    return (now - SETTLED_AFTER).replace(microsecond=0)


def _end_of_window(gateway: str, since: datetime, now: datetime) -> datetime | None:
    """The end of the hour with the next payment, so that times without any cost nothing. None: there is no more."""
    latest = _latest(now)
    if since >= latest:
        return None
    ahead = Payment.objects.filter(gateway=gateway, created_at__gte=since).order_by("created_at")
    following = ahead.values_list("created_at", flat=True).first()
    if following is None:
        return latest
    return min(following.replace(minute=0, second=0, microsecond=0) + WINDOW, latest)


def _compare(gateway: str, since: datetime, until: datetime) -> Portion:
    portion = Portion(since, until)
    seen: set[UUID] = set()
    charges = gateways.named(gateway).charges(since=since, until=until)
    while batch := list(islice(charges, _BATCH)):
        payments = _payments_of(gateway, batch)
        booked = _booked(payments.values())
        for charge in batch:
            payment = payments.get(charge.reference)
            if payment is not None:
                seen.add(payment.pk)
            portion.charges += 1
            held = _held(charge)
            portion.kept[held.currency.code] += held.amount
            if any(_wrong(gateway, charge, payment, booked)):
                portion.wrong += _look_again(gateway, charge.reference)
    ours = Payment.objects.filter(gateway=gateway, created_at__gte=since, created_at__lt=until)
    portion.payments = ours.count()
    for payment in ours.filter(status=P.CAPTURED).select_related("order").iterator(chunk_size=_BATCH):
        # Its charge may lie in the hour before or after.
        if payment.pk not in seen:
            portion.wrong += _look_for(gateway, payment)
    return portion


def _payments_of(gateway: str, charges: Sequence[Charge]) -> dict[str, Payment]:
    """By the charges' references. Read at once, but for those whose key is not a payment's."""
    ids = {charge.reference: Payment.id_of(charge.key) for charge in charges}
    rows = Payment.objects.filter(gateway=gateway).select_related("order").prefetch_related("refunds")
    known = rows.in_bulk([pk for pk in ids.values() if pk is not None])
    found = {reference: known[pk] for reference, pk in ids.items() if pk is not None and pk in known}
    for charge in charges:
        if charge.reference not in found and (payment := payment_of_charge(gateway, charge)) is not None:
            found[charge.reference] = payment
    return found


def _booked(payments: Iterable[Payment]) -> dict[UUID, Money]:
    """What the books' account of gateways has of each payment."""
    payments = list(payments)
    sums = {payment.pk: Money(0, payment.currency) for payment in payments}
    source_of = {payment.pk: payment.pk for payment in payments}
    source_of |= {refund.pk: payment.pk for payment in payments for refund in payment.refunds.all()}
    lines = LedgerPosting.objects.filter(
        account=LedgerPosting.Account.GATEWAYS, entry__kind__in=_ACCOUNTED, entry__source__in=list(source_of)
    )
    for line in lines.select_related("entry"):
        payment_id = source_of[line.entry.source]
        # One in another currency is missing here, and so is found.
        if line.currency == sums[payment_id].currency.code:
            sums[payment_id] += line.price
    return sums


def _held(charge: Charge) -> Money:
    """What the gateway has taken by it and not paid back."""
    return charge.price - charge.refunded if charge.state is ChargeState.CAPTURED else charge.price * 0


def _wrong(gateway: str, charge: Charge, payment: Payment | None, booked: dict[UUID, Money]) -> Iterator[Disagreement]:
    if payment is not None and (payment.status in UNDER_WAY or is_being_paid_back(payment)):
        return
    named, subject = f"Charge {charge.reference} at {gateway}:", charge.reference
    if charge.state in _NOT_TAKEN and (payment is None or payment.status != P.CAPTURED):
        what = f"{named} {charge.price} is {charge.state}, for nobody."
        yield Disagreement(
            K.CHARGE_DIFFERS, subject, what, gettext_noop("The worker lets it go."), payment, let_go=charge
        )
        return
    differing = list(disagreements(charge, payment))
    for kind, what, suggestion in differing:
        yield Disagreement(kind, subject, f"{named} {what}", suggestion, payment)
    held = _held(charge)
    if payment is not None and not differing and booked[payment.pk] != held:
        what = f"{named} the gateway has {held} of order {payment.order.reference}, the books say {booked[payment.pk]}."
        yield Disagreement(
            K.BOOKS_DIFFER,
            subject,
            what,
            gettext_noop("Compare the order's ledger entries with its payments and refunds."),
            payment,
        )


def _look_again(gateway: str, reference: str) -> list[Disagreement]:
    """With everything read anew: what was being written a moment ago is not wrong."""
    charge = gateways.named(gateway).find(reference=reference)
    if charge is None:
        return []
    payments = _payments_of(gateway, [charge])
    return list(_wrong(gateway, charge, payments.get(charge.reference), _booked(payments.values())))


def _look_for(gateway: str, payment: Payment) -> list[Disagreement]:
    reference = payment.gateway_reference
    if gateways.named(gateway).find(reference=reference) is not None:
        return _look_again(gateway, reference)
    what = (
        f"{gateway} knows no charge {reference}, by which {payment.price} was taken for order "
        f"{payment.order.reference}."
    )
    return [
        Disagreement(
            K.CHARGE_DIFFERS, str(payment.pk), what, gettext_noop("Ask the gateway what became of it."), payment
        )
    ]
