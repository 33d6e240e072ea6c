"""What was sent that the description does not know? It is refused, by its name and that of what was probably meant.

To leave it aside would do something else than was asked: with `passenger_type` a child would pay as an adult, with
`?form=` a search would answer with everything.
"""

from collections.abc import Collection, Iterable, Mapping
from itertools import islice
from typing import Final

from django.utils.translation import gettext as _
from rapidfuzz import process, utils
from rapidfuzz.distance import OSA

# So many are named; whoever has put them right learns of the rest.
_NAMED_MOST: Final = 10
_LONGEST_NAME: Final = 100


def faults_of(unknown: Iterable[str], known: Collection[str]) -> Mapping[str, list[str]]:
    """What to say of names that are not among `known`: {name: [sentence]}, as the `errors` of a problem."""
    return {_shown(name): [_sentence(name, known)] for name in islice(unknown, _NAMED_MOST)}


def _sentence(name: str, known: Collection[str]) -> str:
    meant = _nearest(name, known)
    if meant is None:
        return _("Nothing is known by this name here. Leave it out.")
    return _("Nothing is known by this name here. Did you mean %(name)s?") % {"name": meant}


def _nearest(name: str, known: Collection[str]) -> str | None:
    """A third of its letters may be wrong, missing or too many, or have changed places."""
    if len(name) > _LONGEST_NAME:
        return None
    most = max(1, len(name) // 3)
    found = process.extractOne(
        name, list(known), scorer=OSA.distance, processor=utils.default_process, score_cutoff=most
    )
    return None if found is None else str(found[0])


def _shown(name: str) -> str:
    """JSON can name halves of characters, which no answer can be written with."""
    cut = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
    return cut.encode(errors="backslashreplace").decode()
