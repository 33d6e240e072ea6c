"""Many customers at once through REST: one winner per seat, a clear answer for everybody, also while a leader dies."""

import asyncio
import datetime
import uuid
from collections import Counter

import httpx2 as httpx

from tests.cluster.checkpoints import agreed
from tests.system.conftest import Site

CUSTOMERS = 300
BOOKINGS = 200
ATTEMPTS = 20


def a_performance(site: Site, seats_at_least: int) -> tuple[str, list[str]]:
    """An inventory with that many free seats, and their names."""
    with site.client() as client:
        for performance in client.get("performances/").json()["results"]:
            inventory = performance["inventory"]
            layout = client.get(f"seat-maps/{inventory}/").json()
            taken = {seat["seat"] for seat in client.get(f"seat-maps/{inventory}/availability/").json()["seats"]}
            names = [s["name"] for section in layout["sections"] for s in section["seats"] if s["name"] not in taken]
            if len(names) >= seats_at_least:
                return inventory, names
    raise AssertionError("no performance of the demo data has that many free seats")


async def persistently(client: httpx.AsyncClient, url: str, body: dict, token: str) -> httpx.Response:
    """Send as a well-behaved mobile client does: again with the same key when told to come back later."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid.uuid4())}
    for _ in range(ATTEMPTS):
        response = await client.post(url, json=body, headers=headers)
        if response.status_code != 503 and response.json().get("code") != "in-flight":
            return response
        await asyncio.sleep(float(response.headers["Retry-After"]))
    raise AssertionError(f"still no answer after {ATTEMPTS} attempts: {response.text}")


async def test_300_customers_on_one_seat_one_gets_it_and_299_are_told_clearly(site: Site):
    inventory, seats = a_performance(site, seats_at_least=1)
    tokens = site.tokens(f"rush-{uuid.uuid4()}", CUSTOMERS)
    body = {"inventory": inventory, "seats": seats[:1]}
    async with site.async_client() as client:
        answers = await asyncio.gather(*(persistently(client, "holds/", body, token) for token in tokens))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: CUSTOMERS - 1}
    refusals = [answer.json() for answer in answers if answer.status_code == 409]
    assert all((r["code"], r["seats"]) == ("seats-taken", seats[:1]) for r in refusals)
    tables = agreed(site.store)
    assert len([row for row in tables["taken"] if row[:2] == (inventory, seats[0])]) == 1


async def test_the_leader_is_killed_amid_200_bookings_and_every_customer_gets_a_ticket_once(site: Site):
    inventory, seats = a_performance(site, seats_at_least=BOOKINGS)
    tokens = site.tokens(f"failover-{uuid.uuid4()}", BOOKINGS)
    card = {"number": "4242424242424242", "exp_month": 12, "exp_year": datetime.date.today().year + 2, "cvc": "123"}
    leader = site.store.leader()
    held = 0

    async def book(seat: str, token: str) -> tuple[str, str]:
        nonlocal held
        body = {"inventory": inventory, "seats": [seat]}
        hold = await persistently(client, "holds/", body, token)
        assert hold.status_code == 201, hold.text
        held += 1
        if held == BOOKINGS // 4:
            await asyncio.to_thread(site.store.kill, leader)
        paid = await persistently(client, "payments/", {"order": hold.json()["order"], "card": card}, token)
        assert paid.status_code == 201, paid.text
        return seat, paid.json()["order"]["status"]

    async with site.async_client() as client:
        bookings = await asyncio.gather(*(book(s, t) for s, t in zip(seats[:BOOKINGS], tokens, strict=True)))
    assert dict(bookings) == dict.fromkeys(seats[:BOOKINGS], "CONFIRMED")
    site.store.start(leader)
    site.store.wait_until_caught_up()
    tables = agreed(site.store)
    sold = {row[1] for row in tables["taken"] if row[0] == inventory}
    assert set(seats[:BOOKINGS]) <= sold
