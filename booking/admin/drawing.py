"""A picture of a layout for the back office, so that a wrong drawing is seen before it is published."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from booking.seatplan import Layout

_PITCH = 16
_SEAT = 13
# One colour for each zone in turn, light enough for black numbers.
_COLOURS = ("#f4c95d", "#9fd3c7", "#c3b1e1", "#f2a7a0", "#a9c7f5", "#d7d7d7")


def drawing(section: Layout, zones: list[str]) -> SafeString:
    """One section of a layout as SVG, front or stage on top."""
    seats = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}" rx="3" fill="{}"><title>{}</title></rect>'
        '<text x="{}" y="{}" font-size="7" text-anchor="middle" fill="#000">{}</text>',
        (
            (
                seat["x"] * _PITCH,
                seat["y"] * _PITCH,
                _SEAT,
                _SEAT,
                _COLOURS[zones.index(seat["zone"]) % len(_COLOURS)],
                seat["name"],
                seat["x"] * _PITCH + _SEAT / 2,
                seat["y"] * _PITCH + _SEAT * 0.7,
                seat["label"],
            )
            for seat in section["seats"]
        ),
    )
    width, height = section["width"] * _PITCH, section["height"] * _PITCH
    return format_html(
        '<svg viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">{}</svg>',
        width,
        height,
        width,
        height,
        section["title"],
        seats,
    )
