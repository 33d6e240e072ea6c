"""Was this node's state found to differ from the others'? Then it takes no part any more, also after a restart."""

from typing import Final

from .base import Directory, read_file

FILE_NAME: Final = "fenced"


def read_fence(directory: Directory) -> str:
    """Why the node takes no part; empty if it does.

    Raises:
        OSError
    """
    if FILE_NAME not in directory.names():
        return ""
    return read_file(directory, FILE_NAME).decode(errors="replace").strip() or f"{directory.path}/{FILE_NAME} is there"


def write_fence(directory: Directory, reason: str) -> None:
    """Durable when it returns.

    Raises:
        OSError
    """
    directory.create(FILE_NAME, f"{reason}\n".encode())
