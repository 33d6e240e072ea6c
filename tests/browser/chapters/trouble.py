"""What does somebody see when something goes wrong: a stuck order, seats that were lost, a store that is away?"""

import json
from collections.abc import Iterator

from playwright.sync_api import Route

from tests.browser.walking import Walk

ANSWERS = (400, 403, 429, 500, 503)
_AS_IF = """
from booking.models import Order
Order.objects.filter(reference="{reference}").update(status="{status}")
"""
_OUT_OF_TIME = """
from django.utils import timezone
from booking.models import Order
Order.objects.filter(reference="{reference}").update(held_until=timezone.now())
"""
_ANSWERS = """
import json
from django.template.loader import get_template
print(json.dumps({{code: get_template(f"{{code}}.html").render() for code in {codes}}}))
"""
_PAID_LATE = """
from booking.models import Order
from booking.orders import advance
from booking.services.releasing import release_in_store
from payments.models import SandboxCharge
from payments.tests.late import a_payment_that_waits, arrives, take
order = Order.objects.get(reference="{reference}")
payment = a_payment_that_waits(order)
release_in_store(order)
order.refresh_from_db()
advance(order, Order.Status.EXPIRED)
take(order, order.seats.first().name)
SandboxCharge.objects.filter(reference=payment.gateway_reference).update(status=SandboxCharge.Status.AUTHORISED)
arrives(payment)
"""


def what_they_could_not_bring_about(walk: Walk) -> Iterator[str]:
    """States that come of time or of a failure: they are written down here, as if that had happened."""
    reference = walk.hold(walk.sights.performance, 1)
    for status in ("CONFIRMING", "NEEDS_ATTENTION", "EXPIRED"):
        walk.run(_AS_IF, reference=reference, status=status)
        name = walk.at(f"order-{status.lower().replace('_', '-')}", f"/orders/{reference}/")
        walk.stand_still()
        yield name
    said = walk.manage("shell", stdin=_ANSWERS.format(codes=ANSWERS))
    for code, body in json.loads(said[said.index("{") :]).items():
        _answer_with(walk, code, body)
        yield walk.at(f"answer-{code}", f"/answered-with-{code}")


def too_late(walk: Walk) -> Iterator[str]:
    """The bank says yes when the time is over, and the seat is somebody else's."""
    walk.to_map(walk.sights.performance)
    # Of the last row, where others as good are left.
    walk.free_seats().last.click()
    reference = walk.hold_chosen()
    walk.run(_PAID_LATE, reference=reference)
    yield walk.at("order-late-offer", f"/orders/{reference}/")
    walk.press("Take these seats")
    walk.page.get_by_role("article").wait_for()


def without_a_leader(walk: Walk, room: str) -> Iterator[str]:
    """`room` is the address of a waiting room."""
    page, train = walk.page, walk.sights.train
    reference = walk.hold(train, 1)
    overdue = walk.hold(train, 1)
    walk.run(_OUT_OF_TIME, reference=overdue)
    walk.to_map(train)
    walk.choose(1)
    with walk.without_leader():
        page.locator("[data-hold]").click()
        page.get_by_role("heading", name="The seat store has no leader").wait_for()
        yield "hold-without-leader"
        yield walk.at("results-without-leader", walk.sights.results)
        yield walk.at("map-without-leader", train)
        page.goto(f"/orders/{overdue}/")
        walk.stand_still()
        yield "order-without-leader"
        page.goto(room)
        walk.stand_still()
        yield "waiting-room-without-leader"
        page.goto(f"/pay/{reference}/")
        walk.pay("4242 4242 4242 4242")
        page.get_by_text("The seat store has no leader").wait_for()
        yield "pay-without-leader"


def _answer_with(walk: Walk, code: str, body: str) -> None:
    """Have the browser get the site's page for this answer where there is no page."""

    def answer(route: Route) -> None:
        route.fulfill(body=body, content_type="text/html; charset=utf-8")

    walk.page.route(f"**/answered-with-{code}", answer)
