"""Which membership is in force: the latest in the log, committed or not (§6); an earlier one if the log is cut back."""

from dataclasses import dataclass

from .invariants import invariant
from .membership import Membership


@dataclass(frozen=True, slots=True)
class Configuration:
    """`index` is the CONFIG entry's, or one that is known to come after it."""

    index: int
    membership: Membership


class Configurations:
    """The last configuration that is known to be committed, and those after it, oldest first."""

    def __init__(self, index: int, membership: Membership) -> None:
        self._held = [Configuration(index, membership)]

    @property
    def latest(self) -> Configuration:
        return self._held[-1]

    def append(self, index: int, membership: Membership, commit_index: int) -> None:
        """The entry at `index` brings a membership; those before the last committed one are needed no more."""
        self._held.append(Configuration(index, membership))
        while len(self._held) > 1 and self._held[1].index <= commit_index:
            del self._held[0]

    def truncate_from(self, index: int) -> None:
        """The entry at `index` and all that follow are gone, and with them what they brought."""
        while len(self._held) > 1 and self._held[-1].index >= index:
            self._held.pop()
        invariant(self._held[0].index < index, f"the committed membership of entry {index} would be dropped")

    def restart(self, index: int, membership: Membership) -> None:
        """A snapshot replaced the log."""
        self._held = [Configuration(index, membership)]

    def may_elect(self, node: int, commit_index: int) -> bool:
        """Whether the node votes in the latest membership, or in one that still holds should the latest not commit.

        A leader that removes itself may be the only one that has the entry, and must then be able to lead once more
        (diss. §4.2.2).
        """
        known_committed = [held for held in self._held if held.index <= commit_index]
        in_question = [*known_committed[-1:], *(held for held in self._held if held.index > commit_index)]
        return any(node in held.membership.voters for held in in_question)
