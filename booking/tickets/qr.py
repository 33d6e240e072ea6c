"""How is a ticket's text drawn as a QR code, for a page and for paper?"""

import io
from collections.abc import Iterator

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

# A fifth of the code may be dirty or creased; ISO/IEC 18004 wants four empty modules around it.
_ERROR_LEVEL = "m"
QUIET_ZONE = 4


def svg(text: str) -> SafeString:
    """The code as an <svg> without styles, as large as its place; black on white also where the page is dark."""
    out = io.BytesIO()
    _code(text).save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=False,
        omitsize=True,
        nl=False,
        border=QUIET_ZONE,
        dark="#000",
        light="#fff",
        svgclass="qr",
        lineclass=None,
    )
    drawn = out.getvalue().decode()
    named = format_html('<svg role="img" aria-label="{}" ', _("QR code of this ticket"))
    return mark_safe(drawn.replace("<svg ", named, 1))  # beside the name, numbers only


def bars(text: str) -> tuple[int, Iterator[tuple[int, int, int]]]:
    """How many modules wide the code is, quiet zone included, and its dark bars as (x, y, length) in modules."""
    rows = [bytes(row) for row in _code(text).matrix]
    return len(rows) + 2 * QUIET_ZONE, _bars_of(rows)


def _bars_of(rows: list[bytes]) -> Iterator[tuple[int, int, int]]:
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            end = x
            while end < len(row) and row[end]:
                end += 1
            if end > x:
                yield x + QUIET_ZONE, y + QUIET_ZONE, end - x
            x = end + 1


def _code(text: str) -> segno.QRCode:
    return segno.make_qr(text, error=_ERROR_LEVEL, boost_error=False)
