"""How do programs write the catalogue's lists? Row by row, by the rules of the spreadsheets, all of them or none.

What a row does not say stays as it is; of a new one it is what a new row has.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import tablib
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from import_export.instance_loaders import ModelInstanceLoader
from import_export.results import Result, RowResult

from accounts.models import User
from booking.errors import DomainError

from .files import LINE
from .sheet import Sheet

MOST_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row, counted from 1; `column` is empty where it is no single one."""

    row: int
    column: str
    error: str


class RowsRefused(DomainError):
    """Nothing was written, because some rows are not as they must be."""

    status = 400
    code = "rows-refused"
    title = gettext_noop("These rows cannot be written")

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(_("Nothing was written; rows says what is wrong."))
        self.faults = tuple(faults)

    def extras(self) -> dict[str, Any]:
        return {"rows": [asdict(fault) for fault in self.faults]}


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows are new, how many are not as they were, how many are; and the id of each, in their order.

    Of a row that would be new, and is not, because it was only tried, the id is None.
    """

    added: int
    changed: int
    unchanged: int
    ids: tuple[int | None, ...]


def columns_of(sheet: Sheet) -> list[str]:
    return [field.column_name for field in sheet.get_import_fields()]


def keys_of(sheet: Sheet) -> list[str]:
    """The columns by which a row is known again."""
    return [sheet.fields[name].column_name for name in sheet.get_import_id_fields()]


def write_rows(*, sheet: Sheet, rows: Sequence[Mapping[str, Any]], who: User, dry_run: bool = False) -> Written:
    """Add or change rows of a list, in the name of `who`. With `dry_run` only see whether it would go well.

    Raises:
        RowsRefused
    """
    columns = columns_of(sheet)
    dataset = tablib.Dataset(headers=[*columns, LINE])
    for number, row in enumerate(rows, start=1):
        whole = {**_as_it_is(sheet, row), **row}
        dataset.append([*(whole.get(column, "") for column in columns), number])
    result = sheet.import_data(dataset, dry_run=dry_run, user=who)
    if faults := list(_faults_in(result)):
        raise RowsRefused(faults)
    totals = result.totals
    return Written(
        added=totals[RowResult.IMPORT_TYPE_NEW],
        changed=totals[RowResult.IMPORT_TYPE_UPDATE],
        unchanged=totals[RowResult.IMPORT_TYPE_SKIP],
        ids=tuple(None if dry_run and row.is_new() else row.object_id for row in result.rows),
    )


def _as_it_is(sheet: Sheet, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row as it stands, or as a new one begins, in the words of a spreadsheet."""
    try:
        found = sheet.get_instance(ModelInstanceLoader(sheet), row)
    except ValueError:
        # Its key cannot be read; the import says so better.
        return {}
    known = found if found is not None else sheet._meta.model()
    return {field.column_name: sheet.export_field(field, known) for field in sheet.get_import_fields()}


def _faults_in(result: Result) -> Iterator[Fault]:
    for error in result.base_errors:
        yield Fault(0, "", str(error.error))
    for number, errors in result.row_errors():
        for error in errors:
            yield Fault(number, "", str(error.error))
    for invalid in result.invalid_rows:
        for column, texts in invalid.error_dict.items():
            name = "" if column == NON_FIELD_ERRORS else column
            yield from (Fault(invalid.number, name, str(text)) for text in texts)
