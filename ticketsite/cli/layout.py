"""How are rows set, so that they can be read on a narrow terminal and cut apart by a program behind a pipe?

Nothing is cut off and no name or code is broken in two: what does not fit beside each other stands below each other.
"""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

Cell = str | Text
# A heading, in parts that stay whole, and the rows beneath it.
Group = tuple[Sequence[Cell], Sequence[Sequence[Cell]]]

GAP = 2
INDENT = 6
# Columns of prose are folded, but not narrower than this.
PROSE_WIDTH = 20


def table(
    columns: Sequence[str], rows: Sequence[Sequence[Cell]], *, width: int, prose: Iterable[str] = ()
) -> list[RenderableType]:
    """Columns beside each other; where the terminal is too narrow for that, each row as lines of its own.

    Args:
        prose: columns that may be folded between words.
    """
    folded = {columns.index(name) for name in prose}
    wide = [max(cell_len(columns[n]), *(cell_len(str(row[n])) for row in rows), 0) for n in range(len(columns))]
    least = [min(size, PROSE_WIDTH) if n in folded else size for n, size in enumerate(wide)]
    if sum(least) + GAP * (len(columns) - 1) > width:
        return _records(columns, rows)
    laid = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold", show_header=any(columns))
    for n, name in enumerate(columns):
        laid.add_column(name, no_wrap=n not in folded, min_width=least[n])
    for row in rows:
        laid.add_row(*(_text(cell) for cell in row))
    return [laid]


def groups(found: Sequence[Group], *, width: int) -> list[RenderableType]:
    """Headings with their rows beneath, whose columns stand below each other from the first group to the last."""
    rows = [row for _, below in found for row in below]
    count = max((len(row) for row in rows), default=0)
    wide = [max(cell_len(str(row[n])) for row in rows if n < len(row)) for n in range(count)]
    fits = INDENT + sum(wide) + GAP * (count - 1) <= width
    told: list[RenderableType] = []
    for heading, below in found:
        told += _heading(heading, width)
        told += [Padding(_row(row, wide if fits else None), (0, 0, 0, INDENT), expand=False) for row in below]
    return told


def _records(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[RenderableType]:
    told: list[RenderableType] = []
    for number, row in enumerate(rows):
        if number:
            told.append(Text())
        named = [(name, cell) for name, cell in zip(columns, row, strict=True) if str(cell)]
        told += [Text.assemble((f"{name}: " if name else "", "bold"), cell) for name, cell in named]
    return told


def _heading(parts: Sequence[Cell], width: int) -> list[Text]:
    lines = [Text()]
    for number, part in enumerate(parts):
        if lines[-1] and cell_len(str(lines[-1])) + GAP + cell_len(str(part)) > width:
            lines.append(Text(" " * INDENT))
        elif number:
            lines[-1].append(" " * GAP)
        lines[-1].append_text(Text(part, style="bold" if number == 0 else "") if isinstance(part, str) else part)
    return lines


def _row(cells: Sequence[Cell], wide: Sequence[int] | None) -> Text:
    """In columns of these widths; without them one after the other, to be folded between words."""
    if wide is None:
        return Text(" · ").join(_text(cell) for cell in cells if str(cell))
    row = Text()
    for n, cell in enumerate(cells):
        is_last = n == len(cells) - 1
        row.append_text(_text(cell)).append("" if is_last else " " * (wide[n] - cell_len(str(cell)) + GAP))
    return row


def _text(cell: Cell) -> Text:
    return Text(cell) if isinstance(cell, str) else cell
