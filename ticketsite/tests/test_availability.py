"""Do the site and the memory before it answer alike?"""

import json

import pytest
from asgiref.sync import sync_to_async
from django.urls import reverse

from booking.live import hub as hub_module
from booking.live.availability_app import PREFIX, SUFFIX
from booking.services import hold_seats
from booking.tests.asking import Program
from booking.tests.following import TRAIN, until
from booking.tests.selling import a_customer, a_train_on_sale
from ticketsite.asgi import application


@pytest.mark.django_db(transaction=True)
async def test_the_site_and_its_memory_answer_alike(seat_store, settings):
    settings.ALLOWED_HOSTS = ["localhost"]
    train = await sync_to_async(a_train_on_sale)()
    await sync_to_async(a_hold_on)(train)
    program, hub = Program(application), hub_module.hub_of_this_process()
    try:
        slow = await program.get(train.pk)
        await until(lambda: hub.board(train.pk) is not None)
        fast = await program.get(train.pk)
        assert ("x-frame-options" in slow.headers, "x-frame-options" in fast.headers) == (True, False)
        mine, theirs = json.loads(fast.body), json.loads(slow.body)
        assert mine.pop("index") >= theirs.pop("index")
        assert mine == theirs
        for name in ("content-type", "cache-control", "x-content-type-options"):
            assert fast.headers[name] == slow.headers[name]
        assert (await program.get("nobodys-train")).status == 404
    finally:
        await hub.close()


def a_hold_on(train):
    hold_seats(customer=a_customer(), inventory=train, seats=["C1-1"], first_leg=1, end_leg=3, request_id="memory")


def test_the_memory_answers_where_the_site_does():
    assert reverse("api:availability", args=[TRAIN]) == f"{PREFIX}{TRAIN}{SUFFIX}"
