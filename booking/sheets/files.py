"""How does a file become rows that know their line? CSV as spreadsheets write it (comma, semicolon or tab), and XLSX.

A line is what an editor or a spreadsheet shows at the left: the heading is line 1, and empty lines count.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

import openpyxl
import tablib
from django.utils.translation import gettext as _
from import_export.formats import base_formats

MOST_ROWS = 5_000
# The column that rows carry until the sheet takes it off again.
LINE = "(line)"

_DELIMITERS = ",;\t"


class UnreadableFile(Exception):
    """It is no list; the text says why, for whoever chose it."""


class CsvFile(base_formats.CSV):
    def create_dataset(self, in_stream: Any, **kwargs: Any) -> tablib.Dataset:
        text = in_stream.decode("utf-8-sig") if isinstance(in_stream, bytes) else in_stream
        heading = text.partition("\n")[0]
        delimiter = max(_DELIMITERS, key=heading.count)
        return _dataset(_csv_rows(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)))


class XlsxFile(base_formats.XLSX):
    def create_dataset(self, in_stream: Any) -> tablib.Dataset:
        try:
            book = openpyxl.load_workbook(io.BytesIO(in_stream), read_only=True, data_only=True)
        except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
            raise UnreadableFile(_("This is no XLSX file.")) from error
        return _dataset(enumerate(book.worksheets[0].iter_rows(values_only=True), 1))


FORMATS = [CsvFile, XlsxFile]


def _csv_rows(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """A cell may have several lines; its row is where it begins."""
    line = 1
    try:
        for row in reader:
            yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableFile(_("Line %(line)s is not CSV: %(error)s.") % {"line": line, "error": error}) from error


def _dataset(rows: Iterable[tuple[int, Iterable[Any]]]) -> tablib.Dataset:
    """
    Raises:
        UnreadableFile: no heading, a column twice, more cells than columns, or more rows than one import takes.
    """
    numbered = iter(rows)
    heading = next(numbered, (1, ()))[1]
    columns = [str(cell).strip() if cell is not None else "" for cell in heading]
    while columns and not columns[-1]:
        columns.pop()
    if not columns:
        raise UnreadableFile(_("The first line must name the columns."))
    if twice := {name for name in columns if columns.count(name) > 1}:
        raise UnreadableFile(_("Line 1 names a column twice: %(twice)s.") % {"twice": ", ".join(sorted(twice))})
    dataset = tablib.Dataset(headers=[*columns, LINE])
    for line, cells in numbered:
        row = list(cells)
        if all(cell is None or cell == "" for cell in row):
            continue
        if any(cell not in (None, "") for cell in row[len(columns) :]):
            raise UnreadableFile(_("Line %(line)s has more cells than there are columns.") % {"line": line})
        if dataset.height >= MOST_ROWS:
            raise UnreadableFile(
                _("There are more than %(most)s rows; import them in several files.") % {"most": MOST_ROWS}
            )
        padded = [*row[: len(columns)], *([""] * (len(columns) - len(row)))]
        dataset.append([*padded, line])
    return dataset
