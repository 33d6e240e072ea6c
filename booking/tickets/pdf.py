"""How does a ticket look on paper? One page of A5 each, which a printer puts on A4 and a phone shows whole."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from booking.templatetags.booking_format import day, money, zone
from booking.tickets import qr
from booking.tickets.printed import Call, PrintedTicket

if TYPE_CHECKING:
    from fpdf import FPDF

FONTS = Path(__file__).parent / "fonts"
_PAGE = (148, 210)
_MARGIN = 12
_WIDTH = _PAGE[0] - 2 * _MARGIN
_HEAD_HEIGHT = 34
_QR_SIZE = 72
_LONG_TITLE = 60
_ACCENT, _INK, _MUTED, _LINE, _WHITE = (11, 95, 99), (23, 33, 43), (85, 98, 111), (211, 218, 221), (255, 255, 255)


def ticket_pdf(tickets: Sequence[PrintedTicket], *, made_at: datetime) -> bytes:
    """The tickets as a PDF, one a page. All sizes are in millimetres, those of letters in points."""
    # Takes a second, which every command and every start of a server would pay if it stood above.
    from fpdf import FPDF

    pdf = FPDF(format=_PAGE)
    pdf.set_creation_date(made_at.astimezone(UTC))
    pdf.set_title((_("Tickets of booking %(booking)s") % {"booking": tickets[0].booking}) if tickets else _("Tickets"))
    pdf.set_lang(get_language() or settings.LANGUAGE_CODE)
    pdf.set_auto_page_break(False)
    pdf.set_margins(_MARGIN, _MARGIN)
    pdf.c_margin = 0
    pdf.add_font("Noto", "", FONTS / "NotoSans-Regular.ttf")
    pdf.add_font("Noto", "B", FONTS / "NotoSans-Bold.ttf")
    pdf.add_font("Devanagari", "", FONTS / "NotoSansDevanagari-Regular.ttf")
    # Names of places and shows are written as their people write them, and Devanagari is shaped as it is read.
    pdf.set_fallback_fonts(["Devanagari"], exact_match=False)
    pdf.set_text_shaping(True)
    for number, ticket in enumerate(tickets, start=1):
        pdf.add_page()
        _head(pdf, ticket)
        _when_and_where(pdf, ticket)
        _seat(pdf, ticket)
        _code(pdf, ticket)
        _foot(pdf, ticket, _("Page %(number)s of %(count)s") % {"number": number, "count": len(tickets)})
    return bytes(pdf.output())


def _head(pdf: "FPDF", ticket: PrintedTicket) -> None:
    pdf.set_fill_color(*_ACCENT)
    pdf.rect(0, 0, pdf.w, _HEAD_HEIGHT, style="F")
    pdf.set_xy(_MARGIN, 6)
    _write(pdf, "Ticketsite", size=9, colour=_WHITE)
    pdf.set_xy(_MARGIN, 12)
    long = len(ticket.title) > _LONG_TITLE
    _write(pdf, ticket.title, size=13 if long else 18, bold=True, colour=_WHITE, most_lines=2)
    pdf.set_y(_HEAD_HEIGHT + 5)


def _when_and_where(pdf: "FPDF", ticket: PrintedTicket) -> None:
    top = pdf.get_y()
    if ticket.end is None:
        _call(pdf, ticket.start, _MARGIN, _WIDTH)
    else:
        half = _WIDTH / 2 - 4
        _call(pdf, ticket.start, _MARGIN, half)
        bottom = pdf.get_y()
        pdf.set_xy(_MARGIN, top)
        _arrow(pdf, _MARGIN + half, top + 5)
        pdf.set_y(top)
        _call(pdf, ticket.end, _MARGIN + half + 8, half)
        pdf.set_y(max(bottom, pdf.get_y()))
    pdf.ln(3)
    pdf.set_draw_color(*_LINE)
    pdf.line(_MARGIN, pdf.get_y(), _MARGIN + _WIDTH, pdf.get_y())
    pdf.ln(3)


def _call(pdf: "FPDF", call: Call, x: float, width: float) -> None:
    pdf.set_x(x)
    pdf.set_text_color(*_INK)
    pdf.set_font("Noto", "B", 20)
    clock = f"{call.at:%H:%M} "
    pdf.cell(pdf.get_string_width(clock), 9, clock)
    _font(pdf, size=9, colour=_MUTED)
    pdf.cell(0, 10.5, zone(call.at), new_x="LMARGIN", new_y="NEXT")
    pdf.set_x(x)
    _write(pdf, day(call.at), size=10, colour=_MUTED, width=width)
    pdf.set_x(x)
    _write(pdf, call.place, size=11, width=width, most_lines=3)


def _arrow(pdf: "FPDF", x: float, y: float) -> None:
    pdf.set_draw_color(*_MUTED)
    pdf.line(x - 1, y, x + 4, y)
    pdf.line(x + 2.5, y - 1.2, x + 4, y)
    pdf.line(x + 2.5, y + 1.2, x + 4, y)


def _seat(pdf: "FPDF", ticket: PrintedTicket) -> None:
    seat = _("Seat")
    facts = [(seat, ticket.seat), (_("Class or zone"), ticket.zone), (_("For"), ticket.passenger)]
    price = money(ticket.price.amount, ticket.price.currency.code)
    shown = [fact for fact in (*facts, (_("Price"), price)) if fact[1]]
    top, width = pdf.get_y(), _WIDTH / len(shown)
    bottom = top
    for number, (name, value) in enumerate(shown):
        x = _MARGIN + number * width
        pdf.set_xy(x, top)
        _write(pdf, name, size=9, colour=_MUTED, width=width)
        pdf.set_x(x)
        _write(pdf, value, size=14 if name == seat else 11, bold=name == seat, width=width - 1, most_lines=2)
        bottom = max(bottom, pdf.get_y())
    pdf.set_y(bottom)


def _code(pdf: "FPDF", ticket: PrintedTicket) -> None:
    modules, bars = qr.bars(ticket.qr_text)
    module = _QR_SIZE / modules
    left = (pdf.w - _QR_SIZE) / 2
    # Always in the same place, however long the names above are.
    top = pdf.h - _QR_SIZE - 34
    pdf.set_fill_color(0)
    for x, y, length in bars:
        # A hair too long: viewers leave light seams between shapes that only just touch.
        pdf.rect(left + x * module, top + y * module, length * module, module * 1.02, style="F")
    pdf.set_y(top + _QR_SIZE - 1)
    _write(pdf, ticket.code, size=15, bold=True, align="C")
    pdf.set_x(_MARGIN)
    _write(pdf, _("Show this code. It admits one person, once."), size=9, colour=_MUTED, align="C")


def _foot(pdf: "FPDF", ticket: PrintedTicket, page: str) -> None:
    pdf.set_y(pdf.h - 14)
    text = _("Booking %(booking)s · Times are local to the place, in the zone beside them. · %(page)s") % {
        "booking": ticket.booking,
        "page": page,
    }
    _write(pdf, text, size=8, colour=_MUTED, align="C")


def _font(pdf: "FPDF", *, size: float, bold: bool = False, colour: tuple[int, int, int] = _INK) -> None:
    pdf.set_font("Noto", "B" if bold else "", size)
    pdf.set_text_color(*colour)


def _write(
    pdf: "FPDF",
    text: str,
    *,
    size: float,
    bold: bool = False,
    colour: tuple[int, int, int] = _INK,
    width: float = _WIDTH,
    align: Literal["L", "C"] = "L",
    most_lines: int = 1,
) -> None:
    """Lines of text from where the pen is, broken at the width and cut off after the last that has room.

    The pen ends at the margin below them.
    """
    _font(pdf, size=size, bold=bold, colour=colour)
    lines = cast(list[str], pdf.multi_cell(width, text=text, dry_run=True, output="LINES"))
    if len(lines) > most_lines:
        text = "\n".join([*lines[: most_lines - 1], lines[most_lines - 1][:-3].rstrip() + "…"])
    pdf.multi_cell(width, size * 0.5, text, align=align, new_x="LMARGIN", new_y="NEXT")
