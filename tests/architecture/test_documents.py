"""Do the documents speak of what exists? One fact in one place is no use if the place is out of date."""

import functools
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands

from .tree import ROOT, project_files, relative

DOCUMENTS = list(project_files(".md"))
CODE_BLOCK = re.compile(r"^```(?:sh|bash|shell|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
IN_BACKTICKS = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
# `booking/seatstore.py`, `script/run`, `docs/decisions/001-dependencies.md`; not `GET /api/v1/holds/`, not `a/b`.
TOP_LEVEL = {path.name for path in ROOT.iterdir()}


def paths_named_in(document: Path) -> Iterator[str]:
    text = document.read_text()
    for quoted in IN_BACKTICKS.findall(CODE_BLOCK.sub("", text)):
        word = quoted.split()[0].rstrip("/,.:")
        if "/" in word and re.fullmatch(r"[\w.@/-]+", word) and word.split("/")[0] in TOP_LEVEL - {"var"}:
            yield word


def commands_in(document: Path) -> Iterator[list[str]]:
    """Each line of the document's shell blocks, split into words, without variables, prompts and comments."""
    for block in CODE_BLOCK.findall(document.read_text()):
        for line in block.replace("\\\n", " ").splitlines():
            try:
                words = shlex.split(line.removeprefix("$ "), comments=True)
            except ValueError:  # one line of a quotation over several, such as a JSON body
                continue
            while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                words = words[1:]
            if words:
                yield words


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_every_file_that_a_document_names_exists(document: Path) -> None:
    missing = [name for name in paths_named_in(document) if not (ROOT / name).exists()]
    assert not missing, f"{relative(document)} names {', '.join(missing)}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_every_link_inside_the_project_leads_somewhere(document: Path) -> None:
    broken = [link for link in LINK.findall(document.read_text()) if not (document.parent / link).exists()]
    assert not broken, f"{relative(document)} links to {', '.join(broken)}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_every_command_of_ours_that_a_document_quotes_exists(document: Path) -> None:
    for words in commands_in(document):
        problem = what_is_wrong_with(words)
        assert problem is None, f"{relative(document)}: {' '.join(words)}: {problem}"


def what_is_wrong_with(words: list[str]) -> str | None:
    if words[0].startswith(("script/", ".ci/")):
        script = ROOT / words[0]
        return None if script.is_file() and script.stat().st_mode & 0o111 else "no such script, or not executable"
    if "manage.py" in words[:2]:
        command = words[words.index("manage.py") + 1]
        return None if command in get_commands() else f"manage.py has no command {command}"
    if "raftstore" in words and words[words.index("raftstore") - 1] == "-m":
        command = words[words.index("raftstore") + 1]
        return None if command in raftstore_commands() else f"raftstore has no command {command}"
    return None


@functools.cache
def raftstore_commands() -> list[str]:
    usage = subprocess.run([sys.executable, "-m", "raftstore", "--help"], cwd=ROOT, capture_output=True, text=True)
    known = re.search(r"\{(.+?)\}", usage.stdout)
    assert known, usage.stderr
    return known[1].split(",")


def test_the_readme_of_the_scripts_speaks_of_every_script() -> None:
    text = (ROOT / "script" / "README.md").read_text()
    scripts = [path.name for path in (ROOT / "script").iterdir() if path.is_file() and path.stat().st_mode & 0o111]
    assert scripts, "no script found"
    assert [name for name in scripts if f"`{name}`" not in text] == []


def test_every_direct_dependency_has_its_reason_written_down() -> None:
    reasons = (ROOT / "docs" / "decisions" / "001-dependencies.md").read_text().lower()
    names = []
    for lock_source in ("requirements.in", "requirements-dev.in"):
        lines = (ROOT / lock_source).read_text().splitlines()
        names += [re.split(r"[\[<>=~!; ]", line)[0].lower() for line in lines if line and line[0] not in "#-"]
    assert names, "no dependency found"
    assert [name for name in names if f"`{name}`" not in reasons] == []
