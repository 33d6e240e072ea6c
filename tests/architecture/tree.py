"""The project's own files, as the architecture tests look at them."""

import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {".git", ".venv", "var", "__pycache__", "staticfiles", "test-results", ".hypothesis"}
GENERATED = ("_pb2.py", "_pb2.pyi", "_pb2_grpc.py", "_pb2_grpc.pyi")


def project_files(*suffixes: str) -> Iterator[Path]:
    """Every file somebody wrote (with one of these suffixes, if any is given), in a stable order."""
    for directory, subdirectories, names in os.walk(ROOT):
        subdirectories[:] = sorted(
            name for name in subdirectories if name not in NOT_OURS and not name.endswith("_cache")
        )
        for name in sorted(names):
            path = Path(directory, name)
            if not name.endswith(GENERATED) and (not suffixes or path.suffix in suffixes):
                yield path


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text_of(path: Path) -> str | None:
    """The file's text, or None for a picture, a font or another binary."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None
