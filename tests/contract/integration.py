"""What does an integrator write with the generated client? Buys seats, exchanges and gives them back.

Run by tests/system/test_contract.py with the client's own Python: `python -m integration URL TOKEN`, with the generated
package `ticketsite_client` beside it. Whatever the description does not say, this cannot do.
"""

import datetime
import sys
from decimal import Decimal
from uuid import uuid4

from ticketsite_client import AuthenticatedClient
from ticketsite_client.api.orders import hold_seats, make_refund_offer, order
from ticketsite_client.api.payments import cancel_order, exchange, offer_exchange, pay
from ticketsite_client.api.seat_maps import seat_map, seat_map_availability
from ticketsite_client.api.shows import performances
from ticketsite_client.models import (
    CancelRequest,
    Card,
    CardDeclinedProblem,
    Choice,
    ExchangeRequest,
    ExchangeWanted,
    HoldRequest,
    PaymentRequest,
    PaymentStatusEnum,
    RefundOfferRequest,
    SeatsTakenProblem,
)

CARD = Card("4242424242424242", exp_month=12, exp_year=datetime.date.today().year + 2, cvc="123")
DECLINED = Card("4000000000009999", exp_month=12, exp_year=datetime.date.today().year + 2, cvc="123")


def main(url: str, token: str) -> None:
    client = AuthenticatedClient(base_url=url, token=token, raise_on_unexpected_status=True, timeout=60)
    show = performances.sync(client=client).results[-1]
    held = hold_seats.sync(
        client=client,
        body=HoldRequest(inventory=show.inventory, choice=Choice(count=2)),
        idempotency_key=str(uuid4()),
    )
    taken = hold_seats.sync(client=client, body=HoldRequest(inventory=show.inventory, seats=held.seats))
    assert isinstance(taken, SeatsTakenProblem), taken
    assert taken.seats == held.seats

    refused = pay.sync(client=client, body=PaymentRequest(order=held.order, card=DECLINED))
    assert isinstance(refused, CardDeclinedProblem), refused
    paid = pay.sync(client=client, body=PaymentRequest(order=held.order, card=CARD), idempotency_key=str(uuid4()))
    assert paid.status == PaymentStatusEnum.CAPTURED, paid

    zone = paid.order.seats[0].zone
    busy = {of.seat for of in seat_map_availability.sync(show.inventory, client=client).seats}
    plan = seat_map.sync(show.inventory, client=client)
    places = [seat for section in plan.sections for seat in section.seats if not section.kind]
    others = [seat.name for seat in places if seat.zone == zone and seat.name not in busy][:2]
    wanted = {"part": 1, "inventory": show.inventory, "seats": others}
    offer = offer_exchange.sync(held.order, client=client, body=ExchangeWanted(**wanted))
    assert offer.old.currency == offer.new.currency
    done = exchange.sync(held.order, client=client, body=ExchangeRequest(**wanted, card=CARD))
    assert [seat.seat for seat in done.order.seats if not seat.cancelled_at] == others

    back = make_refund_offer.sync(held.order, client=client, body=RefundOfferRequest())
    cancelled = cancel_order.sync(held.order, client=client, body=CancelRequest(refund_offer=back.id))
    assert sum(Decimal(refund.amount.amount) for refund in cancelled.refunds) == Decimal(back.refund.amount)
    assert order.sync(held.order, client=client).status.value == "CANCELLED"


if __name__ == "__main__":
    main(*sys.argv[1:])
