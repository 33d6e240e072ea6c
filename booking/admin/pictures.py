"""Pictures of sales, drawn by the server as SVG: no script, and colours by class, since inline styles are forbidden."""

from collections.abc import Sequence

from django.utils import dateformat
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from booking.selectors.run_sales import ClassSales, DaySales
from booking.templatetags.booking_format import day, money

_WIDTH = 600
_BAR, _GAP, _LABEL = 26, 40, 18
_PARTS = {"sold": _("sold"), "held": _("being bought"), "kept": _("kept by the house"), "free": _("free")}
_DEEDS = {"taken": _("taken"), "given-back": _("given back")}

_HEIGHT = 220
_BASE = _HEIGHT - 30
_MOST_DAYS = 60


def class_bars(classes: Sequence[ClassSales]) -> SafeString:
    """A bar for each class, divided into what is sold, being bought, kept by the house and free."""
    bars = format_html_join(
        "",
        '<text class="office-label" x="0" y="{}">{}</text>{}',
        (
            (
                number * (_BAR + _GAP) + _LABEL - 4,
                _("%(name)s: %(percent)s %% sold")
                % {"name": each.name, "percent": round(100 * each.sold / each.total) if each.total else 0},
                _bar(each, number * (_BAR + _GAP) + _LABEL),
            )
            for number, each in enumerate(classes)
        ),
    )
    height = len(classes) * (_BAR + _GAP)
    return format_html(
        '<svg class="office-picture" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        _WIDTH,
        height,
        _("Seats by class; the table says the same"),
        bars,
    )


def _bar(sales: ClassSales, y: int) -> SafeString:
    parts = []
    x = 0.0
    for part, words in _PARTS.items():
        number = getattr(sales, part)
        width = _WIDTH * max(number, 0) / sales.total if sales.total else 0
        parts.append((part, round(x, 1), y, round(width, 1), _BAR, f"{words}: {number}"))
        x += width
    return format_html_join(
        "", '<rect class="part-{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>', parts
    )


def day_bars(days: Sequence[DaySales]) -> SafeString:
    """Up from the line what was taken on each of the last days, down from it what was given back."""
    shown = list(days)[-_MOST_DAYS:]
    most = max((float(max(each.taken.amount, each.given_back.amount)) for each in shown), default=0.0) or 1.0
    step = _WIDTH / max(len(shown), 12)
    scale = (_BASE - 20) / 2 / most
    middle = _BASE / 2 + 5
    bars = []
    for number, each in enumerate(shown):
        for kind, amount in (("taken", each.taken), ("given-back", each.given_back)):
            height = float(amount.amount) * scale
            y = middle - height if kind == "taken" else middle
            title = f"{day(each.day)}, {_DEEDS[kind]}: {money(amount)}"
            bars.append((kind, round(number * step + 2, 1), round(y, 1), round(step - 4, 1), round(height, 1), title))
    labels = [
        (round(number * step + step / 2, 1), _HEIGHT - 8, dateformat.format(each.day, "j M"))
        for number, each in enumerate(shown)
        if number % max(1, len(shown) // 8) == 0
    ]
    return format_html(
        '<svg class="office-picture" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<line class="office-axis" x1="0" y1="{}" x2="{}" y2="{}"/>{}{}</svg>',
        _WIDTH,
        _HEIGHT,
        _("Money by day; the table says the same"),
        middle,
        _WIDTH,
        middle,
        format_html_join(
            "", '<rect class="day-{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>', bars
        ),
        format_html_join("", '<text class="office-label middle" x="{}" y="{}">{}</text>', labels),
    )
