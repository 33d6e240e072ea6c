"""What does a customer say to other seats who paid when the own ones were gone? Yes: they are sold, and paid. No: void.

Who says nothing in time has said no: the worker lets the money go then (settling.py).
"""

import logging
from datetime import datetime

from booking.errors import OrderNotPayable
from booking.models import LateOffer
from booking.seatstore import OutcomeUnknown, StoreUnavailable
from booking.services import accept_late_offer, decline_late_offer
from payments.gateways import GatewayUnavailable
from payments.models import Payment
from payments.services.paying import carry_on

logger = logging.getLogger(__name__)


def accept_offer(*, offer: LateOffer, now: datetime) -> Payment:
    """Take the seats that are offered, for the money that is reserved. Returns the payment: CAPTURED.

    Accepting again gives the same answer, or goes on where it was interrupted.

    Raises:
        LateOfferEnded: it was declined, or its time is over.
        OrderNotPayable: the seats were lost after all; nothing was charged.
        CardDeclined: the money could not be taken; the seats are on sale again.
        GatewayUnavailable, seatstore.StoreUnavailable, seatstore.OutcomeUnknown: accepted; the worker goes on.
    """
    accept_late_offer(offer=offer, now=now)
    return carry_on(payment=_payment_of(offer), now=now)


def decline_offer(*, offer: LateOffer, now: datetime) -> Payment:
    """Do without. Returns the payment: VOIDED, or still AUTHORISED if the worker has to let it go.

    Raises:
        LateOfferEnded: it was accepted.
    """
    decline_late_offer(offer=offer)
    payment = _payment_of(offer)
    try:
        carry_on(payment=payment, now=now)
    except OrderNotPayable:
        # As the customer wishes.
        pass
    except (GatewayUnavailable, StoreUnavailable, OutcomeUnknown) as error:
        logger.warning("Payment %s is left to the worker: %s", payment.pk, error)
    return payment


def _payment_of(offer: LateOffer) -> Payment:
    return Payment.objects.select_related("order").get(pk=offer.attempt)
