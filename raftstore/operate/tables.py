"""Rows for people: a table, and sizes that can be read at a glance."""

from collections.abc import Mapping, Sequence


def print_table(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    """One line a row, under the columns' names; what a row does not have is shown as `-`."""
    lines = [list(columns), *([row.get(column) or "-" for column in columns] for row in rows)]
    widths = [max(len(line[position]) for line in lines) for position in range(len(columns))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def size_of(size_bytes: int) -> str:
    """`512 B`, `1.5 MiB`."""
    size = float(size_bytes)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"
