"""What does a file of the feed say? Rows as they come, with their lines, never more than one of them in memory."""

import csv
import io
import zipfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from booking.gtfs.errors import FeedError

REQUIRED_COLUMNS = {
    "agency.txt": ("agency_name", "agency_timezone"),
    "stops.txt": ("stop_id", "stop_name"),
    "routes.txt": ("route_id", "route_type"),
    "trips.txt": ("route_id", "service_id", "trip_id"),
    "stop_times.txt": ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"),
    "calendar.txt": ("service_id", "start_date", "end_date"),
    "calendar_dates.txt": ("service_id", "date", "exception_type"),
    "frequencies.txt": ("trip_id",),
    "fare_attributes.txt": ("fare_id", "price", "currency_type"),
    "fare_rules.txt": ("fare_id",),
}
REQUIRED_FILES = ("agency.txt", "stops.txt", "routes.txt", "trips.txt", "stop_times.txt")
LONGEST_FIELD = 10_000

# Told after so many rows, and at a file's end: file, and the part of it that was read, from 0 to 1.
ROWS_BETWEEN_REPORTS = 5_000
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Row:
    """One line; a column that the file lacks, or that is empty here, is ''."""

    file: str
    line: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")

    def required(self, column: str) -> str:
        """
        Raises:
            FeedError: it says nothing.
        """
        value = self[column]
        if not value:
            raise self.error(f"{column} is missing.")
        return value

    def error(self, reason: str) -> FeedError:
        return FeedError(self.file, self.line, reason)


class Feed:
    """A feed's files, in a ZIP archive or unpacked in a folder. Use it in a `with`.

    Raises:
        FeedError: it is neither, or a file that every feed must have is missing.
    """

    def __init__(self, path: Path) -> None:
        self._archive: zipfile.ZipFile | None = None
        if not path.is_dir():
            try:
                self._archive = zipfile.ZipFile(path)
            except FileNotFoundError as error:
                raise FeedError(str(path), 0, "there is no such file.") from error
            except (OSError, zipfile.BadZipFile) as error:
                raise FeedError(path.name, 0, f"this is no ZIP archive that can be read ({error}).") from error
        names = self._archive.namelist() if self._archive else [file.name for file in path.iterdir()]
        missing = [file for file in REQUIRED_FILES if file not in names]
        if "calendar.txt" not in names and "calendar_dates.txt" not in names:
            missing.append("calendar.txt or calendar_dates.txt")
        if missing:
            self._close()
            raise FeedError(path.name, 0, f"{', '.join(missing)} is missing, so this is no GTFS feed.")
        self._path, self._names = path, frozenset(names)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._close()

    def _close(self) -> None:
        if self._archive:
            self._archive.close()

    def _open(self, file: str) -> tuple[IO[bytes], int]:
        """The file, and how many bytes it has."""
        if self._archive:
            return self._archive.open(file), self._archive.getinfo(file).file_size
        return (self._path / file).open("rb"), (self._path / file).stat().st_size

    def rows(self, file: str, progress: Progress) -> Iterator[Row]:
        """The lines of a file, none if the feed lacks it.

        Raises:
            FeedError: it is no table in UTF-8, lacks a column, or a line has more fields than the header.
        """
        if file not in self._names:
            return
        csv.field_size_limit(LONGEST_FIELD)
        binary, size = self._open(file)
        with binary as raw, io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:
            lines = csv.reader(text, strict=True)
            read = 0
            try:
                columns = [column.strip() for column in next(lines, [])]
                _check_columns(file, columns)
                for values in lines:
                    if not values:
                        continue
                    if len(values) > len(columns):
                        reason = f"{len(values)} fields, but the header names {len(columns)}."
                        raise FeedError(file, lines.line_num, reason)
                    yield Row(file, lines.line_num, dict(zip(columns, map(str.strip, values), strict=False)))
                    read += 1
                    if read % ROWS_BETWEEN_REPORTS == 0:
                        progress(file, min(raw.tell() / max(size, 1), 1.0))
            except csv.Error as error:
                raise FeedError(file, lines.line_num, f"this is no table that can be read ({error}).") from error
            except UnicodeDecodeError as error:
                raise FeedError(file, lines.line_num + 1, f"this is not UTF-8 ({error.reason}).") from error
            except (zipfile.BadZipFile, EOFError, OSError) as error:
                raise FeedError(file, lines.line_num, f"the archive is damaged ({error}).") from error
        progress(file, 1.0)


def _check_columns(file: str, columns: Collection[str]) -> None:
    missing = [column for column in REQUIRED_COLUMNS[file] if column not in columns]
    if missing:
        raise FeedError(file, 1, f"the column {', '.join(missing)} is missing.")
