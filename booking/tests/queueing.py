"""A waiting room before something on sale in a real seat store, and visitors who come by HTTP."""

import hashlib
import re
from datetime import timedelta
from itertools import count

from django.test import Client
from django.utils import timezone

from booking.models import Inventory, WaitingRoom
from booking.waiting_room.rooms import keep_waiting_rooms, plan_room


def a_room(inventory: Inventory, *, opens_in: timedelta, most_per_minute: int = 600) -> WaitingRoom:
    """Known to the store, so that people may come if it opens within the hour."""
    room = WaitingRoom(inventory=inventory, opens_at=timezone.now() + opens_in, most_per_minute=most_per_minute)
    plan_room(room=room)
    inventory.refresh_from_db()
    return keep(room)


def keep(room: WaitingRoom, *, after: timedelta = timedelta()) -> WaitingRoom:
    """A round of the worker, as it will be then."""
    keep_waiting_rooms(now=timezone.now() + after, limit=100)
    return WaitingRoom.objects.select_related("inventory").get(pk=room.pk)


def solve(challenge: str, bits: int) -> str:
    """What static/js/puzzle.js does."""
    for answer in map(str, count()):
        digest = hashlib.sha256(f"{challenge}.{answer}".encode()).digest()
        if int.from_bytes(digest) >> (256 - bits) == 0:
            return answer
    raise AssertionError


def page_of(client: Client, room: WaitingRoom) -> str:
    answer = client.get(f"/waiting-room/{room.inventory_id}/")
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def join(client: Client, room: WaitingRoom, *, solved: bool = True) -> int:
    """Press the button on the page; the status of what comes back."""
    page = page_of(client, room)
    found = re.search(r'name="challenge" value="([^"]+)"', page)
    bits = re.search(r'data-bits="(\d+)"', page)
    assert found, page
    assert bits, page
    answer = solve(found[1], int(bits[1])) if solved else ""
    sent = client.post(f"/waiting-room/{room.inventory_id}/join/", {"challenge": found[1], "answer": answer})
    return sent.status_code
