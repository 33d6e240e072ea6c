"""What does the site write down of an order's steps, and how is that read in another language?

A remark is written in English, whichever language the step was asked for in, and translated when somebody reads it: one
order's history is read by people of several languages, and by programs. Fixed remarks stand where the step is taken,
marked for translation; those with something in them stand here, since a reader must know them to find what was put in.
"""

import re
from functools import cache

from django.utils.translation import gettext, gettext_noop

GIVEN_BACK = gettext_noop("Given back: %(seats)s.")
MADE_ROOM = gettext_noop("Moved from %(old)s to %(new)s to make room, as the customer had agreed.")
MOVED = gettext_noop("Moved from %(old)s to %(new)s: %(why)s")
OTHERS_ACCEPTED = gettext_noop("It was paid late, and the customer accepted %(seats)s.")
EXCHANGED = gettext_noop("Part %(part)s was exchanged for %(seats)s of %(inventory)s.")
EXCHANGED_BACK = gettext_noop("Exchanged back for %(seats)s: %(why)s")
NOT_EXCHANGED_BACK = gettext_noop("Not exchanged back: %(obstacle)s The seats keep the old ones' price: %(why)s")
NO_LONGER_FREE = gettext_noop("No longer free: %(seats)s.")

_TEMPLATES = (
    *(GIVEN_BACK, MADE_ROOM, MOVED, OTHERS_ACCEPTED),
    *(EXCHANGED, EXCHANGED_BACK, NOT_EXCHANGED_BACK, NO_LONGER_FREE),
)


def in_words_of_the_reader(remark: str) -> str:
    """The remark in the language of whoever reads now. What a person wrote, or what was cut short, stays as it is."""
    for template in _TEMPLATES:
        if found := _shape(template).fullmatch(remark):
            return gettext(template) % {name: in_words_of_the_reader(part) for name, part in found.groupdict().items()}
    return gettext(remark) if remark else ""


@cache
def _shape(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>.+?)", re.escape(template)), re.DOTALL)
