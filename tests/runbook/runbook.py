"""The runbook as a program: its sections, and the commands in them."""

import re

from tests.running.store_cluster import ROOT

RUNBOOK = ROOT / "docs" / "runbook.md"
_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^```sh\n(.+?)^```", re.MULTILINE | re.DOTALL)


def blocks_of(title: str) -> list[str]:
    """The ```sh blocks of a section, in order.

    Raises:
        KeyError: there is no such section.
    """
    _, *parts = _SECTION.split(RUNBOOK.read_text())
    sections = dict(zip(parts[::2], parts[1::2], strict=True))
    return _BLOCK.findall(sections[title])


def block_of(title: str, words: str) -> str:
    """The one block of a section in which `words` are."""
    (found,) = (block for block in blocks_of(title) if words in block)
    return str(found)
