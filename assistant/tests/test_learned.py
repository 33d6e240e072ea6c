"""Do all words of a message together say what it is about?"""

import pytest

from assistant.intents import Intent
from assistant.learned import is_strange, votes
from assistant.learning import weighed


@pytest.mark.parametrize(
    ("pattern", "going_on", "meant"),
    [
        ("i cancelled three weeks ago and there is no money on my card", Intent.UNKNOWN, Intent.REFUND_STATUS),
        ("and what if i cancel that one", Intent.MY_BOOKINGS, Intent.CANCEL),
        ("but she told me that she allows it", Intent.OTHER_PEOPLE, Intent.OTHER_PEOPLE),
    ],
)
def test_what_is_put_in_other_words_than_any_phrase_is_elected_all_the_same(pattern, going_on, meant):
    found = votes(pattern, going_on)
    assert max(found, key=found.__getitem__) == meant


def test_what_consists_of_words_that_nobody_taught_is_strange():
    assert is_strange("script alert 1 script")
    assert not is_strange("is _seat free on _train")


def test_features_weigh_by_their_rarity_and_unknown_ones_nothing():
    assert weighed(frozenset({"word a", "word b", "word c"}), {"word a": 3.0, "word b": 4.0}) == {
        "word a": 0.6,
        "word b": 0.8,
    }
