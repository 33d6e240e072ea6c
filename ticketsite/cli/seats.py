"""Which seats are there, which are free, and how are they drawn and named in a terminal?"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rich.text import Text

from .errors import TicketError
from .runs import Run
from .site import Site

FREE, HELD, SOLD = "free", "held", "sold"
# Each with a ground of its own, to be read on black and on white.
STYLES = {FREE: "black on green", HELD: "black on yellow", SOLD: "dim"}
# Only seats that can be had are shown by their label, so that it is seen without colours which these are.
SIGNS = {FREE: "o", HELD: "-", SOLD: "x"}


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

    def only(self, label: str) -> "SeatMap":
        """
        Raises:
            TicketError: there is no such coach or part.
        """
        meant = [section for section in self.sections if section["label"].lower() == label.strip().lower()]
        if not meant:
            raise TicketError(f"There is no {label}; there are {', '.join(s['label'] for s in self.sections)}.")
        return replace(self, sections=meant)


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


def pictures(seats: SeatMap, width: int, *, row: str = "") -> list[tuple[str, Text]]:
    """Each coach, or the hall: its title and how it looks from above, in at most `width` characters a line.

    Args:
        row: only this one of a hall, seat after seat.
    """
    drawn = []
    for section in seats.sections:
        places = [seat for seat in section["seats"] if not row or _row_of(seat["name"]).lower() == row.strip().lower()]
        if not places:
            continue
        free = sum(seats.state_of(seat["name"]) == FREE for seat in places)
        title = f"{section['title']}{f', row {row.upper()}' if row else ''}: {free} of {len(places)} free"
        if section.get("kind") == "standing":
            drawn.append((title, Text("Standing room: book with --count", style="dim")))
        elif row:
            drawn.append((title, Text(" ").join(_shown(seats, seat, 3) for seat in places)))
        else:
            drawn.append((title, _picture(seats, places, width)))
    return drawn


def _picture(seats: SeatMap, places: Sequence[Mapping[str, Any]], width: int) -> Text:
    lines: dict[Any, list[Mapping[str, Any]]] = {}
    for place in places:
        # A hall's rows are curved, so that a row is told by its name; a coach's by where it is.
        lines.setdefault(round(place["y"], 1) if seats.is_train else _row_of(place["name"]), []).append(place)
    placed = {line: _placed(row) for line, row in lines.items()}
    heading = 0 if seats.is_train else 1 + max((len(str(line)) for line in lines), default=0)
    labels = 1 + max((len(place["label"]) for place in places), default=0)
    columns = 1 + max((x for row in placed.values() for x in row), default=0)
    # Room for labels; for a sign and a gap; for a sign.
    cell = next((size for size in (labels, 2) if heading + columns * size <= width), 1)
    picture = Text(no_wrap=True)
    for line, by_column in placed.items():
        picture.append(f"{line if heading else '':<{heading}}", style="dim")
        for x in range(max(by_column) + 1):
            size = max(cell - 1, 1)
            shown = _shown(seats, by_column[x], size, by_label=cell == labels) if x in by_column else Text(" " * size)
            picture.append_text(shown).append(" " if cell > 1 else "")
        picture.append("\n")
    return picture


def _placed(row: Sequence[Mapping[str, Any]]) -> dict[int, Mapping[str, Any]]:
    """By columns: aisles stay, and seats that the plan has closer than a character stand side by side."""
    by_column: dict[int, Mapping[str, Any]] = {}
    column, before = 0, 0.0
    for place in sorted(row, key=lambda place: float(place["x"])):
        column += max(round(place["x"] - before), 1 if by_column else 0)
        before = place["x"]
        by_column[column] = place
    return by_column


def _shown(seats: SeatMap, place: Mapping[str, Any], size: int, *, by_label: bool = True) -> Text:
    state = seats.state_of(place["name"])
    return Text(f"{place['label'] if by_label and state == FREE else SIGNS[state]:>{size}}", style=STYLES[state])


def _row_of(name: str) -> str:
    return name.rsplit("-", 1)[0]


def legend() -> Text:
    text = Text("Free seats have a number or ")
    text.append(f" {SIGNS[FREE]} ", style=STYLES[FREE])
    for state in (HELD, SOLD):
        text.append(f"  {state} ").append(f" {SIGNS[state]} ", style=STYLES[state])
    return text


def _bare(text: str) -> str:
    return re.sub(r"[\s\-]", "", text).lower()
