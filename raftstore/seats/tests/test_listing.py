"""Are all of an inventory's holds listed, each once, whatever the pages?"""

from raftstore.seats import listing
from raftstore.seats.commands import Cancel, Confirm, Hold, HoldState, OpenInventory, Release
from raftstore.seats.listing import ListedHold

from .store import SEATS, Store, open_store


def hold(store: Store, name: str, *seats: str, inventory: str = "train") -> None:
    store.do(Hold(inventory, name, seats, 1, 3, 60_000))


def test_a_listed_hold_says_what_was_asked_for_and_what_is_left_of_it():
    store = open_store()
    hold(store, "h-1", "A-1", "A-2")
    store.do(Confirm("h-1"))
    store.do(Cancel("h-1", ("A-1",)))
    page = store.machine.holds_of("train", after="", limit=0)
    assert page == listing.HoldPage(
        (ListedHold("h-1", HoldState.CONFIRMED, ("A-1", "A-2"), ("A-2",), 1, 3),), more=False
    )


def test_holds_that_ended_are_listed_and_those_of_other_inventories_are_not():
    store = open_store()
    store.do(OpenInventory("show", SEATS, 5))
    hold(store, "h-1", "A-1", inventory="show")
    hold(store, "h-2", "A-1")
    store.do(Release("h-2"))
    page = store.machine.holds_of("train", after="", limit=0)
    assert [(listed.hold, listed.state, listed.kept) for listed in page.holds] == [("h-2", HoldState.RELEASED, ())]


def test_pages_follow_each_other_in_order_of_id_and_the_last_one_says_so():
    store = open_store()
    for name, seat in zip(("h-3", "h-1", "h-4", "h-2"), SEATS, strict=True):
        hold(store, name, seat)
    first = store.machine.holds_of("train", after="", limit=3)
    assert ([listed.hold for listed in first.holds], first.more) == (["h-1", "h-2", "h-3"], True)
    last = store.machine.holds_of("train", after="h-3", limit=3)
    assert ([listed.hold for listed in last.holds], last.more) == (["h-4"], False)


def test_a_page_ends_before_its_message_would_be_too_large_but_always_has_a_hold(monkeypatch):
    monkeypatch.setattr(listing, "PAGE_LIMIT_SEATS", 2)
    store = open_store()
    hold(store, "h-1", "A-1", "A-2", "A-3")
    hold(store, "h-2", "A-4")
    first = store.machine.holds_of("train", after="", limit=0)
    assert ([listed.hold for listed in first.holds], first.more) == (["h-1"], True)
    monkeypatch.setattr(listing, "PAGE_LIMIT_HOLDS", 1)
    assert len(store.machine.holds_of("train", after="", limit=5).holds) == 1


def test_an_inventory_that_is_not_there_has_no_page_and_one_without_holds_an_empty_one():
    store = open_store()
    assert store.machine.holds_of("no such", after="", limit=0) is None
    assert store.machine.holds_of("train", after="", limit=0) == listing.HoldPage((), more=False)


def test_a_search_in_portions_finds_every_hold_as_it_is_in_the_end(monkeypatch):
    monkeypatch.setattr(listing, "PORTION", 1)
    store = open_store()
    for name, seat in zip(("h-2", "h-1", "h-3"), SEATS, strict=False):
        hold(store, name, seat)
    search = store.machine.search_holds("train", after="", limit=0)
    portions = search.portions()
    assert [next(portions) for _ in range(2)] == [None, None]
    store.do(Confirm("h-1"))
    assert list(portions) == [None]
    states = [(listed.hold, listed.state.value) for listed in search.page().holds]
    assert states == [("h-1", "confirmed"), ("h-2", "held"), ("h-3", "held")]
