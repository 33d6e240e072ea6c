"""Anybody may ask whether seats can be sold now, and by which node."""

from rest_framework.test import APIClient

from tests.running.waiting import wait_for


def _status():
    return APIClient().get("/api/v1/status/").json()


def test_the_node_that_leads_is_named_and_another_one_once_it_has_died(seat_store):
    def leader_in_answer():
        return _status()["stores"][0]["leader"]

    before = seat_store.leader()
    wait_for(lambda: leader_in_answer() == before, "the answer to name the node that leads")
    seat_store.kill(before)
    try:
        wait_for(lambda: leader_in_answer() not in (before, None), "another node to be named")
        answer = _status()
        assert answer["can_book"]
        silent = [node for node in answer["stores"][0]["nodes"] if not node["role"]]
        assert silent == [{"node": before, "role": "", "leads": False}]
    finally:
        seat_store.start(before)


def test_without_a_leader_nothing_can_be_booked_which_is_an_answer_and_no_error(settings):
    settings.SEAT_STORE_ADDRESSES = ["127.0.0.1:1"]
    answer = _status()
    assert not answer["can_book"]
    assert answer["stores"][0]["leader"] is None
