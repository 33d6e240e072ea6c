"""What does somebody see who comes when a sale opens: the waiting room, from before it opens until it is their turn?"""

from collections.abc import Generator

from tests.browser.walking import Walk

_PLAN = """
from datetime import timedelta
from django.utils import timezone
from booking.models import Inventory, WaitingRoom
from booking.waiting_room.rooms import plan_room
inventory = Inventory.objects.get(performance={performance})
plan_room(room=WaitingRoom(inventory=inventory, opens_at=timezone.now() + timedelta(hours=3)))
print(inventory.pk)
"""
# As if so much time had passed, with the worker at work.
_LATER = """
from datetime import timedelta
from django.utils import timezone
from booking.models import WaitingRoom
from booking.waiting_room.rooms import keep_waiting_rooms
now = timezone.now()
WaitingRoom.objects.filter(inventory="{inventory}").update(opens_at=now + timedelta(minutes={minutes_left}))
keep_waiting_rooms(now=now + timedelta(seconds={seconds}), limit=1000)
"""


def before_the_sale(walk: Walk) -> Generator[str, None, str]:
    """Returns the room's address, where it is the walker's turn."""
    page = walk.page
    inventory = walk.run(_PLAN, performance=walk.sights.performance.rstrip("/").rpartition("/")[2])
    room = f"/waiting-room/{inventory}/"
    yield walk.at("waiting-room-not-open-yet", room)
    walk.run(_LATER, inventory=inventory, minutes_left=30, seconds=0)
    yield walk.at("waiting-room", room)
    page.locator("details.room-fair summary").click()
    yield "waiting-room-how-it-is-fair"
    walk.press("Join the line")
    page.get_by_role("heading", name="You are in the draw").wait_for()
    walk.stand_still()
    yield "waiting-room-in-the-draw"
    walk.run(_LATER, inventory=inventory, minutes_left=0, seconds=0)
    page.goto(room)
    page.get_by_role("heading", name="You have place 1").wait_for()
    walk.stand_still()
    yield "waiting-room-place"
    walk.run(_LATER, inventory=inventory, minutes_left=0, seconds=10)
    page.goto(room)
    page.get_by_role("heading", name="It is your turn").wait_for()
    yield "waiting-room-admitted"
    return room
