"""The project's small GTFS feed, and copies of it in which something is different."""

import shutil
import zipfile
from pathlib import Path

from django.utils import timezone

from booking.gtfs.importing import Imported, Wishes, import_feed

SAMPLE = Path(__file__).resolve().parents[1] / "gtfs" / "sample"


def a_feed(directory: Path, *changes: tuple[str, str, str], without: tuple[str, ...] = ()) -> Path:
    """The small feed as an archive. A change is a file, a text in it, and what stands there instead."""
    copy = directory / "unpacked"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(SAMPLE, copy)
    for file, old, new in changes:
        text = (copy / file).read_text()
        assert old in text, f"{file} has no {old!r}"
        (copy / file).write_text(text.replace(old, new))
    archive = directory / "feed.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for file in sorted(copy.iterdir()):
            if file.name not in without:
                packed.write(file, file.name)
    return archive


def take_over(feed: Path, *, days: int = 3, now=None, **wishes) -> Imported:
    return import_feed(feed, wishes=Wishes(days=days, **wishes), now=now or timezone.now(), progress=lambda *_: None)
