"""Do the ledger and the orders, payments and refunds agree? As `manage.py check_ledger`, but a portion a round."""

from django.utils.translation import gettext_noop

from booking.models import Order
from payments.ledger import faults_of, with_money
from payments.models import Finding
from payments.reconciliation.findings import report
from payments.reconciliation.walking import walk


def compare_books(*, limit: int) -> int:
    """Look at the next `limit` orders. Returns how many are wrong."""
    return walk("books", with_money(Order.objects.all()), limit=limit, visit=_look_at)


def _look_at(order: Order) -> bool:
    if not any(faults_of(order)):
        return False
    # Read again: what is being written at this moment is not wrong.
    faults = [fault.sentence for again in with_money(Order.objects.filter(pk=order.pk)) for fault in faults_of(again)]
    if not faults:
        return False
    report(
        kind=Finding.Kind.BOOKS_DIFFER,
        subject=order.pk,
        order=order,
        what=f"Order {order.reference}: {'; '.join(faults)}.",
        suggestion=gettext_noop(
            "Compare the order's payments and refunds with its ledger entries and with the gateway's own list."
        ),
    )
    return True
