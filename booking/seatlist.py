"""Which seats are listed as checkboxes for somebody without script? A portion of the map at a time.

A coach is a portion, and so are a few rows of a hall. What was ticked in another portion goes along, ticked.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from booking.drawnplan import row_label, rows_of, seated_sections
from booking.seatmap import FREE, SeatMap, Zone
from booking.seatplan import Layout
from booking.seatwords import feature_words

# A portion of a hall has as many rows as have so many seats, and at least one.
_PORTION_SEATS = 100


@dataclass(frozen=True, slots=True)
class ListedSeat:
    """`features` in words, in the reader's language."""

    name: str
    label: str
    zone: Zone
    state: str
    features: tuple[str, ...]
    chosen: bool


@dataclass(frozen=True, slots=True)
class ListedRow:
    title: str
    seats: tuple[ListedSeat, ...]


@dataclass(frozen=True, slots=True)
class Portion:
    """`key` names it in an address; `free` is None while the store does not answer."""

    key: str
    title: str
    free: int | None


@dataclass(frozen=True, slots=True)
class SeatList:
    """The portion that is shown, beside all there are, and the seats chosen in others."""

    portions: tuple[Portion, ...]
    shown: Portion
    rows: tuple[ListedRow, ...]
    chosen_elsewhere: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    key: str
    title: str
    rows: tuple[tuple[str, Sequence[Layout]], ...]

    @property
    def names(self) -> set[str]:
        return {seat["name"] for _title, row in self.rows for seat in row}


def seat_list(*, layout: Layout, drawn: SeatMap, chosen: Collection[str] = (), asked: str = "") -> SeatList | None:
    """The list with the portion that is `asked` for, or where something is chosen, or where the first seat is free.

    None for a plan without seats to point at.
    """
    parts = list(_parts(layout))
    if not parts:
        return None
    states = drawn.state_of
    chosen = [name for name in dict.fromkeys(chosen) if states.get(name) == FREE]
    portions = [_portion(part, states, known=drawn.known) for part in parts]
    shown = next(
        (number for number, part in enumerate(parts) if part.key == asked),
        next(
            (number for number, part in enumerate(parts) if part.names.intersection(chosen)),
            next((number for number, portion in enumerate(portions) if portion.free), 0),
        ),
    )
    zones = {zone.code: zone for zone in drawn.zones}
    here = parts[shown]
    in_words = feature_words()

    def listed(seat: Layout) -> ListedSeat:
        name, zone = seat["name"], zones[seat["zone"]]
        return ListedSeat(name, seat["label"], zone, states[name], in_words(seat), name in chosen)

    rows = tuple(ListedRow(title, tuple(map(listed, seats))) for title, seats in here.rows)
    elsewhere = tuple(name for name in chosen if name not in here.names)
    return SeatList(tuple(portions), portions[shown], rows, elsewhere)


def _parts(layout: Layout) -> Iterator[_Part]:
    if layout["kind"] == "train":
        for coach in seated_sections(layout):
            title = _("Coach %(coach)s") % {"coach": coach["label"]}
            # Whoever reads a list looks for a number, not for a place.
            yield _Part(coach["label"], title, ((title, sorted(coach["seats"], key=_number)),))
        return
    for section in seated_sections(layout):
        rows: list[Sequence[Layout]] = []
        for row in rows_of(layout["kind"], section):
            if rows and sum(map(len, rows)) + len(row) > _PORTION_SEATS:
                yield _of_rows(rows)
                rows = []
            rows.append(row)
        yield _of_rows(rows)


def _of_rows(rows: Sequence[Sequence[Layout]]) -> _Part:
    first, last = row_label(rows[0][0]), row_label(rows[-1][0])
    title = _("Row %(row)s") % {"row": first}
    if first != last:
        title = _("Rows %(first)s to %(last)s") % {"first": first, "last": last}
    return _Part(first, title, tuple((_("Row %(row)s") % {"row": row_label(row[0])}, row) for row in rows))


def _portion(part: _Part, states: Mapping[str, str], *, known: bool) -> Portion:
    free = sum(states[name] == FREE for name in part.names)
    return Portion(part.key, part.title, free if known else None)


def _number(seat: Layout) -> tuple[int, str]:
    """Seat 9 before seat 10."""
    return (int(seat["label"]) if seat["label"].isdecimal() else 0, seat["label"])
