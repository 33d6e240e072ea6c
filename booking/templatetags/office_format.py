"""How are the back office's own things written?"""

from collections.abc import Iterator
from typing import Any

from django import template
from django.core.exceptions import NON_FIELD_ERRORS
from import_export.results import Result

register = template.Library()


@register.filter
def faults(result: Result) -> list[tuple[int, str]]:
    """What is wrong with a spreadsheet, by its lines."""
    return sorted(_faults(result))


def _faults(result: Any) -> Iterator[tuple[int, str]]:
    for number, errors in result.row_errors():
        yield from ((result.lines[number - 1], str(error.error)) for error in errors)
    for row in result.invalid_rows:
        for field, texts in row.error_dict.items():
            where = "" if field == NON_FIELD_ERRORS else f"{field.replace('_', ' ')}: "
            yield from ((result.lines[row.number - 1], f"{where}{text}") for text in texts)
