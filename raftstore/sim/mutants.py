"""Which known mistakes must the simulator and the scenarios catch?

Each mutant puts one mistake into the production code (mutation.py). They are the ones that books warn of and that were
found in systems of this kind. A test runs every one of them and fails if a mistake goes unnoticed;
docs/mutants.md says which check noticed it, and after how many seeds.
"""

from .mistakes.disks import DISKS
from .mistakes.elections import ELECTIONS
from .mistakes.logs import LOGS
from .mistakes.members import MEMBERS
from .mistakes.seats import SEATS
from .mistakes.snapshots import SNAPSHOTS
from .mutation import Mutant

MUTANTS: tuple[Mutant, ...] = (*ELECTIONS, *LOGS, *MEMBERS, *SNAPSHOTS, *DISKS, *SEATS)


def find(name: str) -> Mutant:
    """
    Raises:
        KeyError: there is no such mutant.
    """
    return {mutant.name: mutant for mutant in MUTANTS}[name]
