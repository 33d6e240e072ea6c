"""How is one seat written in HTML? Twice: drawn, and as a checkbox in the list.

These two are written here and not in a template because a hall has 2,000 of them: a template's loop over so many takes
a third of a second, this a hundredth.
"""

from collections.abc import Iterable, Iterator, Mapping

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from booking.seatmap import FREE, HELD, UNKNOWN, Seat, Section
from booking.templatetags.booking_format import money

register = template.Library()

_WORDS = {HELD: "being bought", UNKNOWN: "not known"}
# Where a feature's name is not what people call it.
_FEATURE_WORDS = {"accessible": "place for a wheelchair", "restricted": "restricted view"}
_SQUARE = 5


@register.simple_tag
def drawn_seats(section: Section, *, labelled: bool) -> SafeString:
    """The seats of a drawing and its rows' names, for a <g> in its SVG; a hall's seats are too small for numbers."""
    size = section.seat_size
    parts: list[str] = []
    for row in section.rows:
        if row.label:
            label = escape(row.label)
            for x, y in row.ends:
                parts.append(f'<text class="row-name" x="{x}" y="{y}">{label}</text>')
        for seat in row.seats:
            chosen = " chosen" if seat.chosen else ""
            text = f'<text x="{seat.middle_x}" y="{seat.middle_y}">{escape(seat.label)}</text>' if labelled else ""
            round_by, blind = _SQUARE, ""
            if "accessible" in seat.features:
                round_by = size // 2
            if "restricted" in seat.features:
                blind = f'<path class="blind" d="M{seat.x + 3} {seat.y + size - 3}l{size - 6} -{size - 6}"/>'
            parts.append(
                f'<g class="seat z{seat.zone.number}{chosen}" data-seat="{escape(seat.name)}" data-row="{row.number}"'
                f' data-state="{seat.state}">'
                f'<rect x="{seat.x}" y="{seat.y}" width="{size}" height="{size}" rx="{round_by}"/>'
                f"{blind}{text}</g>"
            )
    return mark_safe("".join(parts))  # every value above is a number, a constant or escaped


@register.simple_tag
def listed_seats(section: Section, *, on_sale: bool) -> SafeString:
    """The seats as checkboxes, in one fieldset per row of a hall, in one for the whole of a coach."""
    prices = {zone.code: escape(money(zone.price)) for zone in section.zones}
    rows = "".join(
        _fieldset(f"Row {row.label}", _checkboxes(row.seats, prices, on_sale)) for row in section.rows if row.label
    )
    if not rows:
        seats = sorted((seat for row in section.rows for seat in row.seats), key=_number)
        rows = _fieldset(f"Coach {section.key}", _checkboxes(seats, prices, on_sale))
    return mark_safe(rows)  # as above


def _fieldset(legend: str, boxes: Iterator[str]) -> str:
    return f"<fieldset><legend>{escape(legend)}</legend>{''.join(boxes)}</fieldset>"


def _number(seat: Seat) -> tuple[int, str]:
    """Seat 9 before seat 10; whoever reads a list looks for a number, not for a place."""
    return (int(seat.label) if seat.label.isdecimal() else 0, seat.label)


def _checkboxes(seats: Iterable[Seat], prices: Mapping[str, str], on_sale: bool) -> Iterator[str]:
    for seat in seats:
        flags = " checked" if seat.chosen else ""
        if seat.state != FREE or not on_sale:
            flags += " disabled"
        features = "".join(f" {escape(_FEATURE_WORDS.get(feature, feature))}," for feature in seat.features)
        yield (
            f'<label><input type="checkbox" name="seats" value="{escape(seat.name)}"'
            f' data-zone="{escape(seat.zone.code)}" data-price="{seat.zone.price and seat.zone.price.amount}"{flags}>'
            f" Seat {escape(seat.label)},{features} <span>{_WORDS.get(seat.state, seat.state)}</span>,"
            f" {prices[seat.zone.code]}</label>"
        )
