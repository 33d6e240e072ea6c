"""How is an order paid from a terminal? With a card or by UPI; a bank that still asks its customer is waited for."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from .errors import Problem, SiteUnavailable
from .site import Json, Site

Card = dict[str, Any]

PENDING = "REQUIRES_ACTION"
BANK_PATIENCE_S = 300.0
PAUSE_S = 2.0


def pay_order(site: Site, order: str, method: Mapping[str, Any], *, waits: Callable[[str], None]) -> Json:
    """The payment, once it has ended well.

    Raises:
        Problem: the bank said no, in the end too; the seats stay held.
        SiteUnavailable: the bank has not answered; the seats stay held while it is asked.
    """
    payment = site.post("payments/", {"order": order, **method})
    if payment["status"] == PENDING:
        where = f" Say yes here: {payment['action_url']}" if payment["action_url"] else ""
        waits(f"Your bank asks whether you want to pay.{where}")
    until_s = time.monotonic() + BANK_PATIENCE_S
    while payment["status"] == PENDING:
        if time.monotonic() > until_s:
            raise SiteUnavailable(f"The bank has not answered yet. Look again with: ticket payment {payment['id']}")
        time.sleep(PAUSE_S)
        payment = site.get(f"payments/{payment['id']}/")
    if payment["status"] != "CAPTURED":
        raise Problem(402, {"code": "card-declined", "detail": payment["failure"] or "It was not paid."})
    return payment
