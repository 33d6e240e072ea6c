"""A picture of a layout for the back office, so that a wrong drawing is seen before it is published."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from booking.halls.drawing import HallDrawing
from booking.halls.layout import STANDING, layout_of
from booking.seatplan import Layout
from booking.seatwords import section_title

_PITCH = 16
_SEAT = 13
_STAGE_HEIGHT = 22
# One colour for each zone in turn, light enough for black numbers.
_COLOURS = ("#f4c95d", "#9fd3c7", "#c3b1e1", "#f2a7a0", "#a9c7f5", "#d7d7d7")
_WORDS = {"accessible": _("place for a wheelchair"), "restricted": _("restricted view"), "aisle": _("at the aisle")}


def drawing_of_plan(plan: HallDrawing, *, title: str) -> SafeString:
    """All of a hall: its zones with how many places each has, the stage, rows and standing areas."""
    layout = layout_of(plan, title=title)
    codes = [zone["code"] for zone in layout["zones"]]
    places = [seat["zone"] for section in layout["sections"] for seat in section["seats"]]
    legend = format_html_join(
        "",
        '<li><svg width="14" height="14" aria-hidden="true"><rect width="13" height="13" rx="3" fill="{}"/></svg>'
        " {}: {}</li>",
        ((_colour(zone["code"], codes), zone["name"], places.count(zone["code"])) for zone in layout["zones"]),
    )
    sections = format_html_join("", "{}", ((drawing(section, codes),) for section in layout["sections"]))
    return format_html(
        '<div class="plan-drawing"><p>{}</p><ul class="plan-zones">{}</ul>{}</div>',
        ngettext("%(count)s place", "%(count)s places", len(places)) % {"count": len(places)},
        legend,
        sections,
    )


def drawing(section: Layout, zones: list[str]) -> SafeString:
    """One section of a layout as SVG, front or stage on top."""
    if section.get("kind") == STANDING:
        return _standing(section, zones)
    stage = 0 if section["zone"] else _STAGE_HEIGHT
    width, height = section["width"] * _PITCH, section["height"] * _PITCH + stage
    return format_html(
        '<svg viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">{}{}</svg>',
        width,
        height,
        width,
        height,
        section_title(section),
        _stage(width) if stage else "",
        format_html_join(
            "",
            '<rect x="{}" y="{}" width="{}" height="{}" rx="{}" fill="{}"{}><title>{}</title></rect>'
            '<text x="{}" y="{}" font-size="7" text-anchor="middle" fill="#000">{}</text>',
            (_seat(seat, stage, zones) for seat in section["seats"]),
        ),
    )


def _seat(seat: Layout, top: int, zones: list[str]) -> tuple[object, ...]:
    """Round: for a wheelchair. With a broken edge: restricted view."""
    x, y = seat["x"] * _PITCH, seat["y"] * _PITCH + top
    words = [str(_WORDS[feature]) for feature in seat["features"] if feature in _WORDS]
    accessible, restricted = "accessible" in seat["features"], "restricted" in seat["features"]
    edge = format_html(' stroke="#000" stroke-dasharray="2 2"') if restricted else ""
    return (
        round(x, 2),
        round(y, 2),
        _SEAT,
        _SEAT,
        _SEAT / 2 if accessible else 3,
        _colour(seat["zone"], zones),
        edge,
        ", ".join([seat["name"], *words]),
        round(x + _SEAT / 2, 2),
        round(y + _SEAT * 0.7, 2),
        seat["label"],
    )


def _standing(section: Layout, zones: list[str]) -> SafeString:
    text = _("%(area)s: %(count)s standing") % {"area": section["title"], "count": len(section["seats"])}
    return format_html(
        '<svg viewBox="0 0 320 44" width="320" height="44" role="img" aria-label="{}">'
        '<rect x="1" y="1" width="318" height="42" rx="8" fill="{}"/>'
        '<text x="160" y="27" font-size="13" text-anchor="middle" fill="#000">{}</text></svg>',
        text,
        _colour(section["zone"], zones),
        text,
    )


def _stage(width: float) -> SafeString:
    return format_html(
        '<rect x="{}" y="0" width="{}" height="14" fill="#555"/>'
        '<text x="{}" y="10" font-size="9" text-anchor="middle" fill="#fff">{}</text>',
        width * 0.25,
        width * 0.5,
        width / 2,
        _("Stage"),
    )


def _colour(zone: str, zones: list[str]) -> str:
    return _COLOURS[zones.index(zone) % len(_COLOURS)]
