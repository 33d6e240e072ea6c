"""Does who pays get tickets, and who cancels lose them?"""

import pytest

from booking.models import Order, OutgoingMail, Ticket
from booking.tests.selling import a_held_order
from payments.errors import CardDeclined
from payments.services import cancel_order, pay_order
from payments.tests.paying import DECLINED, GOOD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]


def good(order: Order) -> list[str]:
    return list(Ticket.objects.filter(order=order, voided_at=None).values_list("seat_name", flat=True))


def test_a_declined_card_brings_no_ticket_and_a_good_one_brings_them_with_a_mail():
    order = a_held_order()
    with pytest.raises(CardDeclined):
        pay_order(order=order, method=DECLINED, request_id="p1")
    assert good(order) == []
    pay_order(order=order, method=GOOD, request_id="p2")
    assert good(order) == ["A-1", "B-1"]
    assert OutgoingMail.objects.get().order == order


def test_what_is_cancelled_has_no_ticket_any_more():
    order = a_held_order()
    pay_order(order=order, method=GOOD, request_id="p1")
    cancel_order(order=order, seats=["B-1"], request_id="c1")
    assert good(order) == ["A-1"]
    cancel_order(order=order, request_id="c2")
    assert good(order) == []
