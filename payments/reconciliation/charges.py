"""Do the gateways' books and our payments agree? Charge by charge, those of the last while.
All that there ever were, a portion a round: whole_history.py.

the gateway says             our payment says          what is done
reserved, or waiting         ended, or unknown to us   let go
taken, and not given back    not taken, or unknown     a person is told: it may be anybody's money
let go, or declined          taken                     a person is told: a ticket without its money
another sum taken or back    what was agreed           a person is told
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import assert_never

from django.db.models import Q
from django.utils.translation import gettext_noop
from moneyed import Money

from booking.models import Order
from payments import gateways
from payments.gateways import Charge, ChargeState, GatewayUnavailable
from payments.models import Finding, Payment, Refund
from payments.reconciliation.findings import report

P = Payment.Status
K = Finding.Kind
UNDER_WAY = (P.CREATED, P.REQUIRES_ACTION, P.AUTHORISED)

# What is younger may be a payment in this minute.
SETTLED_AFTER = timedelta(minutes=2)
LOOKS_BACK = timedelta(hours=2)


def compare_charges(*, now: datetime, since: datetime | None = None) -> int:
    """Compare what every gateway's books have from `since` on, the last two hours if it is not given.

    Returns how many charges were put right or reported.

    Raises:
        GatewayUnavailable: one of them did not answer, after the others were asked; the rest waits for the next round.
    """
    begins = since or now - LOOKS_BACK
    done, away = 0, None
    for name in gateways.names():
        try:
            done += _compare_all(name, begins, now - SETTLED_AFTER)
        except GatewayUnavailable as error:
            away = error
    if away is not None:
        raise away
    return done


def _compare_all(gateway: str, begins: datetime, until: datetime) -> int:
    charges = gateways.named(gateway).charges(since=begins)
    return sum(_compare(gateway, charge) for charge in charges if charge.created_at <= until)


def _compare(gateway: str, charge: Charge) -> bool:
    payment = payment_of_charge(gateway, charge)
    if payment is not None and (payment.status in UNDER_WAY or is_being_paid_back(payment)):
        # The worker's, which knows where it stopped.
        return False
    match charge.state:
        case ChargeState.AUTHORISED | ChargeState.ACTION_REQUIRED | ChargeState.PENDING:
            return _let_go(gateway, charge, payment)
        case ChargeState.CAPTURED | ChargeState.VOIDED | ChargeState.DECLINED:
            wrong = list(disagreements(charge, payment))
        case _:
            assert_never(charge.state)
    for kind, what, suggestion in wrong:
        report(
            kind=kind,
            subject=charge.reference,
            order=payment.order if payment else None,
            payment=payment,
            what=f"Charge {charge.reference} at {gateway}: {what}",
            suggestion=suggestion,
        )
    return bool(wrong)


def payment_of_charge(gateway: str, charge: Charge) -> Payment | None:
    mine = Q(gateway_reference=charge.reference) | Q(pk=Payment.id_of(charge.key))
    return Payment.objects.filter(mine, gateway=gateway).select_related("order").first()


def is_being_paid_back(payment: Payment) -> bool:
    under_way = (Refund.Status.CREATED, Refund.Status.IN_TRANSIT)
    return any(refund.status in under_way for refund in payment.refunds.all())


def _let_go(gateway: str, charge: Charge, payment: Payment | None) -> bool:
    """Money that is put aside for nobody. If the payment has taken it after all, that is no reservation any more."""
    if payment is not None and payment.status == P.CAPTURED:
        return False
    gateways.named(gateway).abandon(key=charge.key, reference=charge.reference)
    return True


def disagreements(charge: Charge, payment: Payment | None) -> Iterator[tuple[Finding.Kind, str, str]]:
    """What only a person can put right: kind, what it is, what to do."""
    taken = charge.price if charge.state is ChargeState.CAPTURED else Money(0, charge.price.currency)
    if payment is None:
        if taken.amount > charge.refunded.amount:
            yield (
                K.UNKNOWN_CHARGE,
                f"{taken} was taken for no payment of ours.",
                gettext_noop("Pay it back on the gateway's page."),
            )
        return
    ours = payment.price if payment.status == P.CAPTURED else Money(0, payment.currency)
    if ours != taken:
        yield _other_sum(payment, ours, taken)
        return
    back = sum((refund.price for refund in payment.refunds.all() if refund.status == Refund.Status.DONE), ours * 0)
    if taken.amount and back != charge.refunded:
        yield (
            K.CHARGE_DIFFERS,
            f"{charge.refunded} went back to the customer, we know of {back}.",
            gettext_noop(
                "Cancel the seats that were paid back on the gateway's page, or pay back there what is missing."
            ),
        )


def _other_sum(payment: Payment, ours: Money, taken: Money) -> tuple[Finding.Kind, str, str]:
    order: Order = payment.order
    what = f"{taken} was taken for order {order.reference}, which has paid {ours}."
    if ours.amount:
        return K.CHARGE_DIFFERS, what, gettext_noop("Ask the customer to pay again, or cancel the tickets.")
    return K.CHARGE_DIFFERS, what, gettext_noop("Pay it back on the gateway's page.")
