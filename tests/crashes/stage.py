"""What is said to the site's database by `manage.py shell`: orders to be paid and cancelled, and how they ended."""

SET_THE_STAGE = """
import json
from accounts.tokens import issue_tokens
from booking.services import hold_seats
from booking.tests.selling import a_customer, a_performance_on_sale
from payments.services import pay_order
from payments.tests.paying import GOOD

customer = a_customer("customer@example.com")

def orders(count, paid):
    inventories = [a_performance_on_sale() for _ in range(-(-count // 4))]
    for number in range(count):
        inventory, seat = inventories[number // 4], f"A-{number % 4 + 1}"
        key = f"{paid}-{number}"
        order = hold_seats(
            customer=customer, inventory=inventory, seats=[seat, f"B-{number % 4 + 1}"],
            first_leg=0, end_leg=1, request_id=key,
        )
        if paid:
            pay_order(order=order, method=GOOD, request_id=key)
        yield str(order.pk)

print(json.dumps({
    "token": issue_tokens(user=customer).access,
    "to_pay": list(orders(TO_PAY, False)),
    "to_cancel": list(orders(TO_CANCEL, True)),
}))
"""

LOOK = """
import json
from booking import seatstore
from booking.models import Order, OrderPart
from payments.ledger import check_ledger
from payments.models import Payment, Refund, SandboxCharge

def sold(part):
    hold = seatstore.hold(part.hold_id)
    return sorted(hold.seats) if hold is not None and hold.state == "confirmed" else []

def tickets(part):
    if part.order.status not in ("CONFIRMED", "PARTLY_CANCELLED"):
        return []
    return sorted(seat.name for seat in part.seats.all() if seat.cancelled_at is None)

charges = SandboxCharge.objects.prefetch_related("refunds")
print(json.dumps({
    "orders": {str(order.pk): order.status for order in Order.objects.all()},
    "unfinished": Payment.objects.exclude(status__in=("CAPTURED", "FAILED", "VOIDED")).count()
    + Refund.objects.exclude(status="DONE").count()
    + Order.objects.filter(status="CONFIRMING").count(),
    "reserved": charges.filter(status="authorised").count(),
    "kept": str(sum(c.amount - sum(r.amount for r in c.refunds.all()) for c in charges if c.status == "captured")),
    "cost": str(sum(s.amount for p in OrderPart.objects.all() for s in p.seats.all() if s.name in tickets(p))),
    "seats": [[tickets(part), sold(part)] for part in OrderPart.objects.select_related("order")],
    "faults": [str(fault) for fault in check_ledger()],
}))
"""
