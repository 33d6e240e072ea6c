"""In which of three ways is a plan written? Its file's name says so: .txt, .csv or .svg."""

from collections.abc import Callable, Mapping
from pathlib import PurePath

from django.utils.translation import gettext as _

from booking.halls.drawing import HallDrawing
from booking.halls.errors import HallPlanError
from booking.halls.spreadsheet import read_csv
from booking.halls.svg import read_svg
from booking.halls.text import read_text

MAX_BYTES = 4_000_000
_READER_OF_ENDING: Mapping[str, Callable[[str], HallDrawing]] = {".txt": read_text, ".csv": read_csv, ".svg": read_svg}
ENDINGS = tuple(_READER_OF_ENDING)


def read_plan(*, file_name: str, content: bytes) -> HallDrawing:
    """The plan in a file.

    Raises:
        HallPlanError: with the line that cannot be understood, or 0 if it is the whole.
    """
    read = _READER_OF_ENDING.get(PurePath(file_name).suffix.lower())
    if read is None:
        raise HallPlanError(0, _("A plan is a file that ends with %(endings)s.") % {"endings": ", ".join(ENDINGS)})
    if len(content) > MAX_BYTES:
        raise HallPlanError(0, _("A plan has at most %(megabytes)s MB.") % {"megabytes": MAX_BYTES // 1_000_000})
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise HallPlanError(line, _("This is not written in UTF-8.")) from error
    return read(text)
