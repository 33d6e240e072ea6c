"""Is every file one that a newcomer can read in one go, and free of what belongs to one machine or one afternoon?"""

import re

from .tree import GENERATED, ROOT, project_files, relative, text_of

LONGEST_FILE = 400
LONGER_WITH_REASON = {"static/vendor/jsqr/jsQR.js": "somebody else's, unchanged"}
MACHINE_PATH = re.compile(r"(?<![\w./~-])/(?:home|root|Users|work|opt)/[\w.-]+")
UNFINISHED = re.compile(r"\b(?:TODO|FIXME)\b|^(?:<{7}|>{7}) |\bbreakpoint\(\)|\bpdb\.set_trace", re.MULTILINE)
SPEAKS_OF_THEM = {"tests/architecture/test_files.py", "pyproject.toml"}


def test_no_file_is_longer_than_a_newcomer_reads_in_one_go() -> None:
    too_long = {}
    for path in project_files(".py", ".js", ".css", ".html", ".proto", ""):
        lines = (text_of(path) or "").count("\n")
        if lines > LONGEST_FILE and "migrations" not in path.parts and relative(path) not in LONGER_WITH_REASON:
            too_long[relative(path)] = lines
    assert not too_long, f"Longer than {LONGEST_FILE} lines: {too_long}"


def test_every_module_says_first_which_question_it_answers() -> None:
    silent = []
    for path in project_files(".py"):
        text = path.read_text().lstrip()
        told_by_its_name = path.name in ("apps.py", "urls.py") or "migrations" in path.parts
        if text and not told_by_its_name and not text.startswith(('"""', "#!", 'r"""')):
            silent.append(relative(path))
    assert not silent, f"Without a docstring at the top: {silent}"


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    found = {}
    for path in project_files():
        match = MACHINE_PATH.search(text_of(path) or "")
        if match and relative(path) not in SPEAKS_OF_THEM:
            found[relative(path)] = match[0]
    assert not found


def test_nothing_unfinished_is_left_in_the_code() -> None:
    found = {}
    for path in project_files():
        match = UNFINISHED.search(text_of(path) or "")
        if match and relative(path) not in SPEAKS_OF_THEM:
            found[relative(path)] = match[0]
    assert not found


def test_generated_code_lies_beside_its_proto_and_nowhere_else() -> None:
    generated = [path for path in ROOT.rglob("*_pb2*") if path.name.endswith(GENERATED) and ".venv" not in path.parts]
    assert generated
    strays = [
        relative(path) for path in generated if not path.with_name(f"{path.name.split('_pb2')[0]}.proto").exists()
    ]
    assert not strays
