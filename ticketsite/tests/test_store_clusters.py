"""What the environment says of the store's clusters, and the mistakes in it that are noticed."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from ticketsite.store_clusters import check_full, parse_store_clusters


def test_clusters_and_their_nodes_come_in_the_order_in_which_they_are_named():
    found = parse_store_clusters("main=10.0.0.1:50051, store2.example.com:50052 ;\n second-1=[::1]:50061;")
    assert list(found.items()) == [
        ("main", ("10.0.0.1:50051", "store2.example.com:50052")),
        ("second-1", ("[::1]:50061",)),
    ]


def test_without_a_word_there_are_none():
    assert parse_store_clusters("") == {}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("10.0.0.1:50051", "does not begin with a name"),
        ("Main=10.0.0.1:50051", "does not begin with a name"),
        ("main=", "'' where host:port is needed"),
        ("main=10.0.0.1:50051,", "'' where host:port is needed"),
        ("main=10.0.0.1", "'10.0.0.1' where host:port is needed"),
        ("main=a:1;main=b:1", "there are two clusters main"),
        ("main=a:1,b:1;second=c:1,b:1", "b:1 is named as a node of main and of second"),
    ],
)
def test_a_mistake_is_named_with_an_example_of_what_is_right(text, complaint):
    with pytest.raises(ImproperlyConfigured) as refusal:
        parse_store_clusters(text)
    assert complaint in str(refusal.value)
    assert "name=host:port" in str(refusal.value)


def test_full_clusters_must_exist_and_leave_one_with_room():
    known = parse_store_clusters("main=a:1;second=b:1")
    assert check_full(["main"], known) == ["main"]
    assert check_full([], {}) == []
    with pytest.raises(ImproperlyConfigured, match="does not name third"):
        check_full(["third"], known)
    with pytest.raises(ImproperlyConfigured, match="one cluster at least"):
        check_full(["main", "second"], known)
