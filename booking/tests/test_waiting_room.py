"""The waiting room with a real seat store: nobody gets seats out of turn, and the line moves as the store can serve."""

import hashlib
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from booking import seatstore
from booking.models import Inventory, Order, WaitingRoom
from booking.services import hold_seats
from booking.tests.queueing import a_room, join, keep, page_of, solve
from booking.tests.selling import a_customer, a_performance_on_sale
from booking.waiting_room import pace, proof, rooms, visitors
from booking.waiting_room.rooms import close_room

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seat_store")]

SOON = timedelta(minutes=30)
NOW = timedelta()


def hold(customer, inventory, seat="A-1", request_id="r"):
    return hold_seats(
        customer=customer, inventory=inventory, seats=[seat], first_leg=0, end_leg=1, request_id=request_id
    )


def let_in(room, customer):
    """As if his turn had come."""
    [visitor] = visitors.visitor_ids(room.inventory_id, user=customer, browser="")
    seatstore.join_gate(inventory=room.inventory_id, visitor=visitor)
    waiting = seatstore.gate(room.inventory_id)[0].waiting
    seatstore.admit_next(inventory=room.inventory_id, count=waiting, ttl_s=60, request_id=f"test {visitor}")


def test_seats_behind_a_waiting_room_are_held_for_nobody_out_of_turn():
    inventory = a_performance_on_sale()
    customer, other = a_customer(), a_customer()
    room = a_room(inventory, opens_in=NOW)
    with pytest.raises(visitors.NotYourTurn):
        hold(customer, inventory)
    assert not Order.objects.exists()
    let_in(room, customer)
    order = hold(customer, inventory)
    assert order.status == Order.Status.AWAITING_PAYMENT
    with pytest.raises(visitors.NotYourTurn):
        hold(other, inventory, "A-2")


def test_the_same_request_is_answered_alike_also_when_the_turn_is_over():
    inventory = a_performance_on_sale()
    customer = a_customer()
    room = a_room(inventory, opens_in=NOW)
    let_in(room, customer)
    order = hold(customer, inventory)
    visitors.leave(room=room, ids=visitors.visitor_ids(inventory.pk, user=customer, browser=""))
    assert hold(customer, inventory) == order
    with pytest.raises(visitors.NotYourTurn):
        hold(customer, inventory, "A-2", request_id="another")


def test_a_place_is_of_the_account_or_of_the_browser_and_of_nobody_else():
    inventory = a_performance_on_sale()
    one, other = a_customer(), a_customer()
    ids = {
        *visitors.visitor_ids(inventory.pk, user=one, browser="x"),
        *visitors.visitor_ids(inventory.pk, user=other, browser="y"),
        *visitors.visitor_ids("elsewhere", user=one, browser="x"),
    }
    assert len(ids) == 6
    assert all(len(visitor) == 32 for visitor in ids)
    assert visitors.visitor_ids(inventory.pk, user=None, browser="") == []


def test_who_joined_before_logging_in_keeps_the_place():
    inventory = a_performance_on_sale()
    room = a_room(inventory, opens_in=SOON)
    client = Client()
    assert join(client, room) == 302
    customer = a_customer()
    client.force_login(customer)
    assert "You are in the draw" in page_of(client, room)
    room.opens_at = timezone.now()
    room.save()
    keep(room)
    seatstore.admit_next(inventory=inventory.pk, count=1, ttl_s=60, request_id=f"test {room.pk}")
    page = client.get(f"/performances/{inventory.performance.pk}/")
    assert page.status_code == 200
    form = {"inventory": inventory.pk, "first_leg": 0, "end_leg": 1, "page": str(uuid4()), "seats": ["A-1"]}
    answer = client.post("/hold/", form)
    assert answer.headers["Location"].startswith("/orders/"), answer.headers


def test_whoever_comes_to_the_map_out_of_turn_sees_the_waiting_room_and_comes_back_to_the_same_map():
    inventory = a_performance_on_sale()
    room = a_room(inventory, opens_in=SOON)
    client = Client()
    address = f"/performances/{inventory.performance.pk}/?seats=A-1"
    sent = client.get(address)
    assert sent.headers["Location"].startswith(f"/waiting-room/{inventory.pk}/?next=")
    assert join(client, room) == 302
    room.opens_at = timezone.now()
    room.save()
    keep(room)
    seatstore.admit_next(inventory=inventory.pk, count=1, ttl_s=60, request_id=f"test {room.pk}")
    page = client.get(sent.headers["Location"]).content.decode()
    assert f'href="{address}"' in page
    assert client.get(address).status_code == 200


def test_nobody_is_sent_elsewhere_by_an_address_that_somebody_made():
    room = a_room(a_performance_on_sale(), opens_in=SOON)
    page = Client().get(f"/waiting-room/{room.inventory_id}/?next=https://elsewhere.example/").content.decode()
    # The form of languages comes back to this very page, and so says its address once.
    own_address = f'value="/waiting-room/{room.inventory_id}/?next=https://elsewhere.example/"'
    assert page.count(own_address) == 1
    assert "elsewhere.example" not in page.replace(own_address, "")


def test_joining_takes_an_answer_or_patience_and_another_s_answer_is_worth_nothing():
    room = a_room(a_performance_on_sale(), opens_in=SOON)
    client = Client()
    assert join(client, room, solved=False) == 429
    now = timezone.now()
    challenge = proof.challenge_for("me", now=now)
    answer = solve(challenge, proof.DIFFICULTY_BITS)
    assert proof.wait_left("me", challenge, answer, now=now) == timedelta()
    assert proof.wait_left("you", challenge, answer, now=now) is None
    assert proof.wait_left("me", challenge + "x", answer, now=now) is None
    assert proof.wait_left("me", challenge, "no", now=now) > timedelta(seconds=13)
    assert proof.wait_left("me", challenge, "", now=now + proof.DELAY) == timedelta()
    assert proof.wait_left("me", challenge, answer, now=now + proof.GOOD_FOR + timedelta(seconds=2)) is None
    assert join(client, room) == 302


def test_people_may_come_in_the_hour_before_it_opens():
    room = a_room(a_performance_on_sale(), opens_in=timedelta(hours=2))
    assert "Not open yet" in page_of(Client(), room)
    with pytest.raises(visitors.WaitingRoomNotYet):
        visitors.join(room=room, ids=["v"], challenge="", answer="", now=timezone.now())


def test_a_full_room_says_so_and_when_to_come_back(monkeypatch):
    monkeypatch.setattr(rooms, "MOST_WAITING", 1)
    room = a_room(a_performance_on_sale(), opens_in=SOON)
    assert join(Client(), room) == 302
    late = Client()
    assert join(late, room) == 302
    assert "So many people wait already" in page_of(late, room)
    assert visitors.WaitingRoomFull.retry_after_s > 0
    assert visitors.WaitingRoomFull.status == 503


def test_so_many_are_let_in_as_the_pace_says_and_no_rush_is_made_up_for():
    inventory = a_performance_on_sale()
    room = a_room(inventory, opens_in=SOON, most_per_minute=120)
    for number in range(30):
        seatstore.join_gate(inventory=inventory.pk, visitor=f"v{number}")
    room = keep(room, after=SOON)
    assert (room.state, room.per_minute) == (WaitingRoom.State.OPEN, 60)
    admitted = [seatstore.gate(inventory.pk)[0].admitted]
    for seconds in (2, 4, 4, 1000):
        room = keep(room, after=SOON + timedelta(seconds=seconds))
        admitted.append(seatstore.gate(inventory.pk)[0].admitted)
    # 60 a minute at first, 6 more with each quick round; after a long pause as many as in five seconds.
    assert admitted == [0, 2, 4, 4, 10]


def test_the_pace_halves_while_the_store_is_slow_and_comes_back_step_by_step():
    slow = pace.next_pace(300, most_per_minute=300, answered_in_s=0.9)
    assert slow == 150
    assert pace.next_pace(slow, most_per_minute=300, answered_in_s=0.3) == 150
    assert pace.next_pace(slow, most_per_minute=300, answered_in_s=0.02) == 165
    for _ in range(20):
        slow = pace.next_pace(slow, most_per_minute=300, answered_in_s=None)
    assert slow == 6


def test_two_workers_let_in_as_many_as_one(monkeypatch):
    inventory = a_performance_on_sale()
    room = a_room(inventory, opens_in=NOW, most_per_minute=120)
    for number in range(9):
        seatstore.join_gate(inventory=inventory.pk, visitor=f"v{number}")
    stale = WaitingRoom.objects.select_related("inventory").get(pk=room.pk)
    then = timezone.now() + timedelta(seconds=3)
    keep(room, after=timedelta(seconds=3))
    assert rooms._let_in(stale, then) == 0
    assert seatstore.gate(inventory.pk)[0].admitted == 3


def test_the_published_order_can_be_checked_and_a_wrong_one_is_found(monkeypatch, capsys):
    inventory = a_performance_on_sale()
    room = a_room(inventory, opens_in=SOON)
    with pytest.raises(CommandError, match="not opened"):
        call_command("check_queue_order", inventory.pk)
    for number in range(12):
        seatstore.join_gate(inventory=inventory.pk, visitor=f"v{number}")
    keep(room, after=SOON)
    seatstore.admit_next(inventory=inventory.pk, count=4, ttl_s=60, request_id=f"test {room.pk}")
    call_command("check_queue_order", inventory.pk)
    assert "The 12 who were there" in capsys.readouterr().out
    published = Client().get(f"/api/v1/waiting-rooms/{inventory.pk}/draw/").json()
    lots = sorted(
        (f"v{number}" for number in range(12)),
        key=lambda who: hashlib.sha256(f"{published['seed']}\n{who}".encode()).hexdigest(),
    )
    assert [of["visitor"] for of in published["drawn"]] == lots
    assert hashlib.sha256(published["seed"].encode()).hexdigest() == published["commitment"]
    swapped = list(seatstore.draw_of(inventory.pk))
    swapped[2], swapped[3] = swapped[3]._replace(place=3), swapped[2]._replace(place=4)
    monkeypatch.setattr(seatstore, "draw_of", lambda *args, **kwargs: swapped)
    with pytest.raises(CommandError, match="Place 3 should be"):
        call_command("check_queue_order", inventory.pk)


def test_a_closed_room_is_before_nobody():
    inventory = a_performance_on_sale()
    room = a_room(inventory, opens_in=NOW)
    assert Inventory.objects.get(pk=inventory.pk).has_waiting_room
    close_room(room=room)
    room = keep(room)
    assert room.state == WaitingRoom.State.CLOSED
    inventory.refresh_from_db()
    assert hold(a_customer(), inventory).status == Order.Status.AWAITING_PAYMENT
    assert Client().get(f"/waiting-room/{inventory.pk}/").status_code == 302


def test_a_room_is_closed_when_the_show_begins():
    room = a_room(a_performance_on_sale(), opens_in=NOW)
    assert keep(room, after=timedelta(days=4)).state == WaitingRoom.State.CLOSED


def test_a_program_joins_with_its_account_and_sees_its_place():
    inventory = a_performance_on_sale()
    room = a_room(inventory, opens_in=SOON)
    client = Client()
    client.force_login(a_customer())
    address = f"/api/v1/waiting-rooms/{inventory.pk}/"
    seen = client.get(address).json()
    assert (seen["you"]["state"], seen["seed"], seen["state"]) == ("absent", None, "gathering")
    refused = client.post(address, {"challenge": seen["proof"]["challenge"]}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (429, "proof-needed")
    assert int(refused.headers["Retry-After"]) > 0
    answer = solve(seen["proof"]["challenge"], seen["proof"]["bits"])
    body = {"challenge": seen["proof"]["challenge"], "answer": answer}
    assert client.post(address, body, content_type="application/json").json()["you"]["state"] == "waiting"
    room = keep(room, after=SOON)
    seen = client.get(address).json()
    assert (seen["you"]["place"], seen["you"]["ahead"], seen["proof"]) == (1, 0, None)
    assert hashlib.sha256(seen["seed"].encode()).hexdigest() == seen["commitment"] == room.commitment
    assert client.delete(address).status_code == 204
    assert client.get(address).json()["you"]["state"] == "absent"
    assert Client().post(address, body, content_type="application/json").status_code == 401


def test_an_operator_gives_a_sale_a_waiting_room_by_the_clock_of_the_place_and_closes_it(client):
    inventory = a_performance_on_sale()
    client.force_login(User.objects.create_superuser("boss@example.com", "secret-of-the-boss"))
    here = timezone.now().astimezone(inventory.performance.hall.venue.zone) + SOON
    form = {"inventory": inventory.pk, "most_per_minute": 60, "admission_minutes": 5}
    form |= {"opens_at_0": f"{here:%Y-%m-%d}", "opens_at_1": f"{here:%H:%M}"}
    assert client.post("/admin/booking/waitingroom/add/", form).status_code == 302
    room = WaitingRoom.objects.get()
    assert abs(room.opens_at - here) <= timedelta(minutes=1)
    assert keep(room).state == WaitingRoom.State.GATHERING
    assert "0 / 0" in client.get("/admin/booking/waitingroom/").content.decode()
    late = form | {"opens_at_0": f"{here + timedelta(days=9):%Y-%m-%d}"}
    refused = client.post(f"/admin/booking/waitingroom/{room.pk}/change/", late)
    assert "must open before" in refused.content.decode()
    assert room.seed not in client.get(f"/admin/booking/waitingroom/{room.pk}/history/").content.decode()
    client.post("/admin/booking/waitingroom/", {"action": "close", "_selected_action": [str(room.pk)]})
    assert keep(room).state == WaitingRoom.State.CLOSED
