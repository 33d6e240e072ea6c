"""A layout is read once while it is kept, and no more seats are kept than were allowed."""

import pytest

from booking.layouts import KeptLayouts
from booking.models import SeatPlan

pytestmark = pytest.mark.django_db


def a_plan(digest: str, seats: int) -> SeatPlan:
    return SeatPlan.objects.create(digest=digest, layout={"sections": [], "zones": [digest]}, seat_count=seats)


def test_a_layout_is_read_once(django_assert_num_queries):
    a_plan("small", 10)
    kept = KeptLayouts(seats_limit=100)
    with django_assert_num_queries(1):
        assert [kept.layout_of("small")["zones"] for _ in range(3)] == [["small"]] * 3


def test_the_one_that_was_asked_for_longest_ago_makes_room(django_assert_num_queries):
    for name in ("one", "other", "third"):
        a_plan(name, 40)
    kept = KeptLayouts(seats_limit=100)
    for name in ("one", "other", "one", "third"):
        kept.layout_of(name)
    with django_assert_num_queries(0):
        kept.layout_of("one")
        kept.layout_of("third")
    with django_assert_num_queries(1):
        kept.layout_of("other")


def test_one_that_is_larger_than_all_that_may_be_kept_is_found_all_the_same(django_assert_num_queries):
    a_plan("huge", 1_000)
    kept = KeptLayouts(seats_limit=100)
    with django_assert_num_queries(2):
        assert [kept.layout_of("huge")["zones"] for _ in range(2)] == [["huge"]] * 2


def test_a_plan_that_does_not_exist_is_not_found():
    with pytest.raises(SeatPlan.DoesNotExist):
        KeptLayouts(seats_limit=100).layout_of("nowhere")
