"""What must be true once all is quiet again, whatever went wrong before? Each sentence found here is a defect."""

from collections.abc import Iterator

from booking.models import Order, OrderPart
from payments.ledger import check_ledger
from payments.models import Exchange, Finding, Payment, Refund, SandboxCharge
from raftstore.seats.commands import HoldState
from raftstore.seats.machine import SeatMachine

S = Order.Status
TERMINAL = (S.CONFIRMED, S.PARTLY_CANCELLED, S.CANCELLED, S.EXPIRED)
MANY = 10_000
TICKET = (S.CONFIRMED, S.PARTLY_CANCELLED)


def defects(machine: SeatMachine) -> Iterator[str]:
    yield from _unfinished()
    yield from _books()
    yield from _charged_without_ticket()
    yield from _left_to_people()
    yield from _seats(machine)


def _left_to_people() -> Iterator[str]:
    # Who got dearer seats for the old price, because theirs were gone, is asked for the rest by a person.
    for finding in Finding.objects.filter(settled_at=None).exclude(kind=Finding.Kind.EXCHANGE_UNPAID):
        yield f"somebody is asked to settle: {finding.what}"


def _unfinished() -> Iterator[str]:
    for order in Order.objects.exclude(status__in=TERMINAL):
        yield f"order {order.reference} is still {order.status}"
    for payment in Payment.objects.exclude(status__in=("CAPTURED", "FAILED", "VOIDED")):
        yield f"payment {payment.pk} is still {payment.status}"
    for exchange in Exchange.objects.exclude(status__in=("DONE", "FAILED", "RETURNED", "UNPAID")):
        yield f"exchange {exchange.pk} is still {exchange.status}"
    for refund in Refund.objects.exclude(status__in=("DONE", "FAILED")):
        yield f"refund {refund.pk} is still {refund.status}"


def _books() -> Iterator[str]:
    yield from (str(fault) for fault in check_ledger())


def _charged_without_ticket() -> Iterator[str]:
    """The gateway's books decide: what it has taken for an order and not given back is what its tickets cost."""
    references = {payment.gateway_reference: payment for payment in Payment.objects.select_related("order")}
    taken = dict.fromkeys(Order.objects.values_list("pk", flat=True), 0)
    for charge in SandboxCharge.objects.prefetch_related("refunds"):
        if charge.status == SandboxCharge.Status.AUTHORISED:
            yield f"charge {charge.reference} is still reserved on a card"
        if charge.status != SandboxCharge.Status.CAPTURED:
            continue
        payment = references.get(charge.reference)
        if payment is None:
            yield f"charge {charge.reference} was taken for no payment"
            continue
        taken[payment.order_id] += charge.amount - sum(refund.amount for refund in charge.refunds.all())
    for order in Order.objects.prefetch_related("seats"):
        live = sum(seat.amount for seat in order.seats.all() if seat.cancelled_at is None)
        cost = live if order.status in TICKET else 0
        if taken[order.pk] != cost:
            yield f"order {order.reference} ({order.status}) has tickets for {cost}, and {taken[order.pk]} was taken"


def _seats(machine: SeatMachine) -> Iterator[str]:
    """Hold by hold, from the store's side and from the orders'."""
    pages = [machine.holds_of(name, after="", limit=MANY) for name in machine.inventories()]
    holds = {hold.hold: hold for page in pages if page for hold in page.holds}
    for part in OrderPart.objects.select_related("order").prefetch_related("seats"):
        order = part.order
        hold = holds.pop(str(part.hold_id), None)
        kept = set(hold.kept) if hold and hold.state == HoldState.CONFIRMED else set()
        live = {seat.name for seat in part.seats.all() if seat.cancelled_at is None and order.status in TICKET}
        if kept != live:
            yield f"order {part} ({order.status}) has tickets for {live}, the store has sold it {kept}"
        if hold and hold.state == HoldState.HELD:
            yield f"order {part} ({order.status}) still holds {hold.kept}"
    for hold in holds.values():
        if hold.state in (HoldState.HELD, HoldState.CONFIRMED):
            yield f"hold {hold.hold} of {hold.kept} belongs to no order"
