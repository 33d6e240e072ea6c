"""What does somebody see who works here: the back office, the entrance, the mailbox, the documentation of REST?"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from tests.browser.walking import PASSWORD, Walk

_HIRE = """
from django.contrib.auth.models import Group
from accounts.models import User
from accounts.services import vouch_for
person = User.objects.create_user("{email}", "{password}", is_staff=True)
vouch_for(person=person)
person.groups.add(Group.objects.get(name="Administrator"))
"""
# Somebody has bought seats of the performance; where staff look at that.
_SELL = """
import json
from django.utils import timezone
from booking import seatstore
from booking.models import Performance
from booking.seatplan import seat_names
from booking.services import begin_confirming, confirm_in_store, hold_seats, mark_confirmed
from booking.tests.selling import a_customer
from booking.tickets.outbox import send_due_mail
performance = Performance.objects.select_related("inventory", "show").get(pk={performance})
inventory = performance.inventory
taken = seatstore.availability(inventory.pk, cluster=inventory.cluster).taken(0, 1)
free = [name for name in seat_names(inventory.plan.layout) if name not in taken]
order = hold_seats(
    customer=a_customer(), inventory=inventory, seats=free[:2], first_leg=0, end_leg=1, request_id="counter"
)
begin_confirming(order=order)
confirm_in_store(order=order)
mark_confirmed(order=order, now=timezone.now())
send_due_mail(now=timezone.now(), limit=20)
sold = [inventory.pk, str(order.pk), order.reference, performance.show_id, performance.hall_id]
print(json.dumps(sold, separators=(",", ":")))
"""


@dataclass(frozen=True, slots=True)
class Sold:
    """What the staff look at: an order of two seats."""

    inventory: str
    order: str
    reference: str
    show: int
    hall: int


def sell(walk: Walk) -> Sold:
    return Sold(*json.loads(walk.run(_SELL, performance=walk.sights.performance.rstrip("/").rpartition("/")[2])))


def at_the_desk(walk: Walk, sold: Sold) -> Iterator[str]:
    walk.run(_HIRE, email=walk.email, password=PASSWORD)
    walk.log_in()
    yield walk.at("office", "/admin/")
    yield walk.at("office-list", "/admin/booking/order/")
    yield walk.at("office-list-nothing-found", "/admin/booking/order/?q=nothing-like-this")
    yield walk.at("office-order", f"/admin/booking/order/{sold.order}/change/")
    yield walk.at("office-form", f"/admin/booking/show/{sold.show}/change/")
    walk.page.locator("#id_title").fill("")
    walk.page.locator("form").first.evaluate("(form) => { form.noValidate = true }")
    walk.press("Save")
    yield "office-form-mistyped"
    yield walk.at("office-delete", f"/admin/booking/show/{sold.show}/delete/")
    yield walk.at("office-history", f"/admin/booking/show/{sold.show}/history/")
    yield walk.at("office-hall", f"/admin/booking/hall/{sold.hall}/change/")
    yield walk.at("office-hall-plan", f"/admin/booking/hall/{sold.hall}/plan/")
    yield walk.at("office-import", "/admin/booking/show/import/")
    walk.page.goto(f"/admin/booking/inventory/{sold.inventory}/seats/")
    walk.page.locator('[data-live][data-on="yes"]').wait_for()
    yield "office-seats"
    yield walk.at("office-sales", f"/admin/booking/inventory/{sold.inventory}/sales/")


def at_the_entrance(walk: Walk, sold: Sold) -> Iterator[str]:
    page = walk.page
    yield walk.at("check-in", "/check-in/")
    yield walk.at("check-in-nobody", "/check-in/?q=nothing-like-this")
    yield walk.at("entrance", f"/check-in/{sold.inventory}/")
    first = f"{sold.reference}-1"
    for code, name in (("NOBODYS1-1", "unknown"), (sold.reference, "which-seat"), (first, "welcome"), (first, "used")):
        page.get_by_label("Ticket or booking code").fill(code)
        walk.press("Let in")
        page.locator("[data-tone]").wait_for()
        yield f"entrance-{name}"


def behind_the_scenes(walk: Walk) -> Iterator[str]:
    page = walk.page
    yield walk.at("mailbox", "/mailbox/")
    page.locator("main a[href^='/mailbox/']").first.click()
    yield "mailbox-mail"
    page.goto("/api/v1/docs/")
    page.locator('[data-path^="/api/v1/"]').first.wait_for()
    yield "api-documentation"
