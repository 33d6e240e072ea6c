"""Which seats are there, which are free, and how are they drawn and named in a terminal?"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.text import Text

from .errors import TicketError
from .runs import Run
from .site import Site

FREE, HELD, SOLD, CHOSEN = "free", "held", "sold", "chosen"
STYLES = {FREE: "green", HELD: "yellow", SOLD: "red", CHOSEN: "bold black on cyan"}
# In place of a label, where the terminal is too narrow for labels, and for those who see no colours.
SIGNS = {FREE: "o", HELD: "-", SOLD: "x", CHOSEN: "*"}
CELL = 4


@dataclass(frozen=True, slots=True)
class SeatMap:
    """A run's seats and who has them on its legs: `state` of those that are not free, by name."""

    sections: Sequence[Mapping[str, Any]]
    state: Mapping[str, str]
    is_train: bool
    index: int
    log: str

    @property
    def names(self) -> list[str]:
        return [seat["name"] for section in self.sections for seat in section["seats"]]

    def state_of(self, name: str) -> str:
        return self.state.get(name, FREE)


def read_seats(site: Site, run: Run) -> SeatMap:
    """
    Raises:
        Problem, SiteUnavailable
    """
    plan = site.get(f"seat-maps/{run.inventory}/")
    taken = site.get(f"seat-maps/{run.inventory}/availability/")
    first, last = run.legs
    state = {}
    for seat in taken["seats"]:
        for word, legs in ((HELD, seat["held"]), (SOLD, seat["sold"])):
            if any(first <= leg <= last for leg in legs):
                state[seat["seat"]] = word
    return SeatMap(plan["sections"], state, run.is_train, taken["index"], taken["log"])


def seats_meant(seats: SeatMap, texts: Iterable[str]) -> list[str]:
    """Seats as people shorten them: `b1-14` and `B1 14` for B1-14, `14` where only one has this number.

    Raises:
        TicketError: there is no such seat, or several.
    """
    by_name = {_bare(name): name for name in seats.names}
    by_number: dict[str, list[str]] = {}
    for name in seats.names:
        by_number.setdefault(name.rsplit("-", 1)[-1].lower(), []).append(name)
    found = []
    for text in texts:
        meant = [by_name[_bare(text)]] if _bare(text) in by_name else by_number.get(text.strip().lower(), [])
        if not meant:
            raise TicketError(f'There is no seat "{text}" here. See: ticket seats')
        if len(meant) > 1:
            raise TicketError(f'"{text}" may be {", ".join(meant[:6])}; say which.')
        found.append(meant[0])
    return list(dict.fromkeys(found))


def pictures(seats: SeatMap, width: int, chosen: Iterable[str] = ()) -> list[tuple[str, Text]]:
    """Each coach, or the hall: its title and how it looks from above, in at most `width` characters a line."""
    mine = set(chosen)
    drawn = []
    for section in seats.sections:
        free = sum(seats.state_of(seat["name"]) == FREE for seat in section["seats"])
        title = f"{section['title']}: {free} of {len(section['seats'])} free"
        if section.get("kind") == "standing":
            drawn.append((title, Text("Standing room: book with --count", style="dim")))
        else:
            drawn.append((title, _picture(seats, section["seats"], width, mine)))
    return drawn


def _picture(seats: SeatMap, places: Sequence[Mapping[str, Any]], width: int, mine: set[str]) -> Text:
    lines: dict[Any, dict[int, Mapping[str, Any]]] = {}
    for place in places:
        # A hall's rows are curved, so that a row is told by its name; a coach's by where it is.
        line = place["name"].rsplit("-", 1)[0] if not seats.is_train else round(place["y"])
        lines.setdefault(line, {})[round(place["x"])] = place
    columns = 1 + max((x for line in lines.values() for x in line), default=0)
    heading = 0 if seats.is_train else 1 + max((len(str(line)) for line in lines), default=0)
    cell = CELL if heading + columns * CELL <= width else 2 if heading + columns * 2 <= width else 1
    picture = Text(no_wrap=True)
    for line, by_column in lines.items():
        picture.append(f"{line if heading else '':<{heading}}", style="dim")
        for x in range(columns):
            if x not in by_column:
                picture.append(" " * cell)
                continue
            place = by_column[x]
            state = CHOSEN if place["name"] in mine else seats.state_of(place["name"])
            shown = f"{place['label'][:3]:>3} " if cell == CELL else f"{SIGNS[state]:<{cell}}"
            picture.append(shown, style=STYLES[state])
        picture.append("\n")
    return picture


def legend() -> Text:
    text = Text()
    for state in (FREE, HELD, SOLD):
        text.append(f" {SIGNS[state]} {state} ", style=STYLES[state])
    return text


def _bare(text: str) -> str:
    return re.sub(r"[\s\-]", "", text).lower()
