"""Which pages and states has the site? Two walks through them all; whoever looks at every page follows them.

A walk stops at each with the page open in the browser, and says its name. One buys, is declined, waits, cancels and
exchanges like anybody, and so comes to the states that only somebody with that history sees; the other works in the
back office and at the entrance.
"""

from collections.abc import Callable, Iterator

from .chapters import account, buying, looking, office, rooms, trouble
from .walking import Walk

Tour = Callable[[Walk], Iterator[str]]


def customers_tour(walk: Walk) -> Iterator[str]:
    yield from looking.looking_around(walk)
    yield from account.entering(walk)
    yield from account.their_account(walk)
    yield from buying.paying(walk)
    yield from buying.changing_their_mind(walk)
    yield from buying.wanting_better_seats(walk)
    yield from buying.looking_back(walk)
    yield from buying.waiting(walk)
    yield from trouble.what_they_could_not_bring_about(walk)
    yield from trouble.too_late(walk)
    room = yield from rooms.before_the_sale(walk)
    yield from trouble.without_a_leader(walk, room)
    yield from account.a_second_step(walk)
    yield from account.leaving(walk)


def staffs_tour(walk: Walk) -> Iterator[str]:
    sold = office.sell(walk)
    yield from office.at_the_desk(walk, sold)
    yield from office.at_the_entrance(walk, sold)
    yield from office.behind_the_scenes(walk)


TOURS: dict[str, Tour] = {"customer": customers_tour, "staff": staffs_tour}
