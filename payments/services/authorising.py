"""How is money reserved, and let go again? The first and the last step of a payment that comes to nothing."""

from typing import assert_never

from django.utils.translation import gettext_noop

from payments import gateways
from payments.gateways import ActionRequired, Authorised, Declined, Pending, Refused
from payments.methods import Method
from payments.models import Finding, Payment
from payments.reconciliation.findings import report
from payments.steps import advance

P = Payment.Status


def authorise(payment: Payment, method: Method, return_url: str) -> None:
    """Ask the gateway to reserve the money, and write down what it says.

    Raises:
        GatewayUnavailable: ask again.
    """
    answer = gateways.named(payment.gateway).authorise(
        key=payment.authorisation_key, price=payment.price, method=method, return_url=return_url
    )
    match answer:
        case Authorised():
            advance(payment, P.AUTHORISED, gateway_reference=answer.reference)
        case Declined():
            advance(payment, P.FAILED, failure=answer.reason)
        case ActionRequired():
            advance(payment, P.REQUIRES_ACTION, gateway_reference=answer.reference, action_url=answer.url)
        case Pending():
            advance(payment, P.REQUIRES_ACTION, gateway_reference=answer.reference)
        case _:
            assert_never(answer)


def let_go(payment: Payment, *, failure: str = "") -> bool:
    """Let go of money that was only reserved. False: the gateway refuses, it was taken after all; a person must look.

    Raises:
        GatewayUnavailable: ask again.
    """
    answer = gateways.named(payment.gateway).void(key=f"{payment.id}:void", reference=payment.gateway_reference)
    if not isinstance(answer, Refused):
        # Of an exchange it may be longer, by the names of many seats.
        advance(payment, P.VOIDED, failure=failure[:120])
        return True
    report(
        kind=Finding.Kind.VOID_REFUSED,
        subject=payment.pk,
        order=payment.order,
        payment=payment,
        what=f"{payment.price} reserved for order {payment.order.reference} could not be let go: {answer.reason}",
        suggestion=gettext_noop("Look the charge up on the gateway's page; if it was taken, pay it back there."),
    )
    advance(payment, P.FAILED, failure=answer.reason)
    return False
