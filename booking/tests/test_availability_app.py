"""Is a map that is answered from memory the one that the site would answer, and is it ever too old?"""

import asyncio
import gzip
import json

import pytest

from booking.live.availability_app import (
    ASK_SITE_EVERY_S,
    IDLE_S,
    KEPT_LIMIT,
    PREFIX,
    SUFFIX,
    VALID_S,
    VERIFY_EVERY_S,
    AvailabilityFromMemory,
)
from booking.seatstore import SeatStoreRefused, StoreUnavailable, WatchReset
from booking.tests.asking import Program
from booking.tests.following import TRAIN, until


class Site:
    """Answers as a test tells it, and counts."""

    def __init__(self) -> None:
        self.status = 200
        self.asked: list[str] = []

    async def __call__(self, scope, receive, send) -> None:
        self.asked.append(scope["path"])
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": b"the site"})


@pytest.fixture
def site():
    return Site()


@pytest.fixture
def program(site, hub, clock, settings):
    settings.ALLOWED_HOSTS = ["localhost"]
    return Program(AvailabilityFromMemory(site, hub=lambda: hub, now_s=clock))


async def remembered(program, hub, inventory=TRAIN) -> None:
    await program.get(inventory)
    await until(lambda: hub.board(inventory) is not None)


# --- Fast and right -------------------------------------------------------------------------------


async def test_what_the_site_answered_once_is_answered_from_memory_as_it_changes(program, site, hub, store):
    await remembered(program, hub)
    first = await program.get()
    store.tell(("B1-1", 6))
    await until(lambda: hub.board(TRAIN).index == 11)
    second = await program.get()
    assert (first.seats, second.seats) == ([], [{"seat": "B1-1", "held": [2, 3], "sold": []}])
    assert first.headers["etag"] != second.headers["etag"]
    assert len(site.asked) == 1
    assert store.reads == 1


async def test_a_body_is_encoded_once_for_everybody(program, hub):
    await remembered(program, hub)
    assert (await program.get()).body is (await program.get()).body


@pytest.mark.parametrize("etags", ["{}", 'W/{}, "other"', '"other", {}', "*"])
async def test_who_has_it_already_is_told_only_that(program, hub, store, etags):
    await remembered(program, hub)
    etag = (await program.get()).headers["etag"]
    same = await program.get(if_none_match=etags.format(etag))
    assert (same.status, same.body, same.headers["etag"]) == (304, b"", etag)
    assert (await program.get(if_none_match='"other"')).status == 200
    store.tell(("B1-1", 6))
    await until(lambda: hub.board(TRAIN).index == 11)
    assert (await program.get(if_none_match=etag)).status == 200


async def test_the_end_of_sales_is_another_etag_although_no_seat_changed(program, hub, store, clock):
    await remembered(program, hub)
    etag = (await program.get()).headers["etag"]
    store.is_open = False
    clock.now += VERIFY_EVERY_S + 0.1
    assert (await program.get(if_none_match=etag)).status == 304
    await until(lambda: not hub.board(TRAIN).open)
    closed = await program.get(if_none_match=etag)
    assert (closed.status, json.loads(closed.body)["open"]) == (200, False)


async def test_a_large_map_is_packed_for_whoever_takes_it_so_under_an_etag_of_its_own(program, hub, store):
    store.held = {f"B1-{number}": 1 for number in range(200)}
    await remembered(program, hub)
    plain = await program.get(accept_encoding="br, gzip;q=0")
    packed = await program.get(accept_encoding="br, gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) == int(packed.headers["content-length"]) < len(plain.body) / 5
    assert packed.headers["etag"] != plain.headers["etag"]
    assert (await program.get(accept_encoding="gzip", if_none_match=packed.headers["etag"])).status == 304


async def test_legs_are_left_out_as_asked(program, hub, store):
    store.held = {"B1-1": 0b0110, "B1-2": 0b1000}
    await remembered(program, hub)
    assert (await program.get(query=b"first=1&last=2")).seats == [{"seat": "B1-1", "held": [2], "sold": []}]
    assert (await program.get(query=b"first=4")).seats == [{"seat": "B1-2", "held": [4], "sold": []}]
    assert (await program.get(query=b"last=1")).seats == []


# --- Left to the site -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", [b"first=0", b"first=3&last=2", b"last=5", b"first=x", b"first=", b"page=2", b"format=xml"]
)
async def test_a_question_that_is_not_a_plain_one_is_the_sites(program, hub, query):
    await remembered(program, hub)
    assert not (await program.get(query=query)).from_memory


@pytest.mark.parametrize(
    "request_",
    [
        {"method": "HEAD"},
        {"method": "POST"},
        {"accept": "text/html"},
        {"host": "elsewhere.example"},
        {"path": f"{PREFIX}{TRAIN}/"},
        {"path": f"{PREFIX}a/b{SUFFIX}"},
        {"path": f"{PREFIX}{SUFFIX}"},
    ],
)
async def test_a_request_that_the_site_might_answer_otherwise_is_the_sites(program, hub, request_):
    await remembered(program, hub)
    assert (await program.get()).from_memory
    assert not (await program.get(**request_)).from_memory


async def test_where_the_site_would_demand_tls_it_is_left_to_do_so(program, hub, settings):
    settings.SECURE_SSL_REDIRECT = True
    await remembered(program, hub)
    assert not (await program.get()).from_memory
    assert (await program.get(x_forwarded_proto="https")).from_memory


@pytest.mark.parametrize("status", [400, 404, 409, 503])
async def test_what_the_site_did_not_answer_takes_no_place_in_memory(program, site, hub, store, status):
    site.status = status
    for number in range(5):
        assert not (await program.get(f"train-{number}")).from_memory
        assert not (await program.get(f"train-{number}")).from_memory
    await asyncio.sleep(0.05)
    assert store.reads == 0


async def test_the_one_that_nobody_asked_for_longest_makes_room(program, hub):
    for number in range(KEPT_LIMIT):
        await remembered(program, hub, f"train-{number}")
    assert (await program.get("train-0")).from_memory
    await remembered(program, hub, "one-more")
    assert hub.board("train-0") is not None
    assert hub.board("train-1") is None
    assert not (await program.get("train-1")).from_memory


async def test_what_nobody_asks_for_is_let_go_after_a_while(program, hub, clock):
    await remembered(program, hub)
    clock.now += IDLE_S + 1
    await remembered(program, hub, "another")
    assert hub.board(TRAIN) is None


# --- Never too old --------------------------------------------------------------------------------


async def test_what_could_not_be_compared_with_the_store_for_a_while_is_the_sites(program, hub, store, clock):
    await remembered(program, hub)
    store.errors.extend([StoreUnavailable("no leader")] * 3)
    clock.now += VERIFY_EVERY_S + 0.1
    assert (await program.get()).from_memory
    await until(lambda: len(store.errors) == 2)
    clock.now += VALID_S
    assert not (await program.get()).from_memory
    await until(lambda: len(store.errors) == 1)
    assert not (await program.get()).from_memory


async def test_a_change_that_the_watch_did_not_tell_is_found(program, hub, store, clock):
    await remembered(program, hub)
    store.change(("B1-4", 1))
    clock.now += VERIFY_EVERY_S + 0.1
    await program.get()
    await until(lambda: hub.board(TRAIN).held)
    assert (await program.get()).seats == [{"seat": "B1-4", "held": [1], "sold": []}]


async def test_after_news_of_a_restored_store_nothing_old_is_answered(program, hub, store):
    await remembered(program, hub)
    store.log, store.index, store.held = "another", 10, {"B1-9": 2}
    store.news.put_nowait(WatchReset(None, "another"))
    await until(lambda: hub.board(TRAIN) is None)
    assert not (await program.get()).from_memory
    await until(lambda: hub.board(TRAIN) is not None)
    assert (await program.get()).seats == [{"seat": "B1-9", "held": [2], "sold": []}]


async def test_the_site_is_asked_now_and_then_whether_it_is_on_sale_still(program, site, hub, clock):
    await remembered(program, hub)
    clock.now += ASK_SITE_EVERY_S + 1
    hub.verify(TRAIN)
    await until(lambda: hub.board(TRAIN).verified_at == clock.now)
    site.status = 409
    assert not (await program.get()).from_memory
    assert hub.board(TRAIN) is None
    assert not (await program.get()).from_memory


async def test_an_inventory_that_the_store_has_lost_is_the_sites(program, hub, store, clock):
    await remembered(program, hub)
    store.errors.append(SeatStoreRefused("unknown_inventory", "There is none."))
    clock.now += VERIFY_EVERY_S + 0.1
    await program.get()
    await until(lambda: hub.board(TRAIN) is None)
    assert not (await program.get()).from_memory
