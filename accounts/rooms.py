"""What do the rooms above keep of a person? They say so here, because this floor knows nothing of them."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Any, Protocol

from accounts.models import User


class Room(Protocol):
    """What each room that keeps rows about persons can do with them. Called inside a transaction."""

    def hand_over(self, *, guests: Collection[User], to: User) -> None:
        """Make everything of these guests the account's."""

    def kept_of(self, *, person: User) -> dict[str, Any]:
        """All that is kept of the person, by name of its list, as JSON can write it."""

    def unfinished(self, *, person: User, now: datetime) -> list[str]:
        """What the person would lose by being forgotten now, in sentences."""

    def forget(self, *, person: User) -> None:
        """Take the person out of what has to stay, and delete what has not."""


_rooms: dict[str, Callable[[], Room]] = {}


def register_room(name: str, room: Callable[[], Room]) -> None:
    """Called by each room when the site starts. Twice by the same name is once.

    Args:
        room: says where the room is, when that is first asked: else each process would begin by importing the shop.
    """
    _rooms[name] = room


def rooms() -> Iterator[tuple[str, Room]]:
    for name, room in _rooms.items():
        yield name, room()
