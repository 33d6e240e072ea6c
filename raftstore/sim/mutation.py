"""How is the production code made wrong on purpose? By replacing a few words of it as it is imported.

A mutant (mutants.py) names a file, words that must stand in it exactly once, and what to put in their place. Replacing
text keeps the mistake readable, as a change somebody might have made, and makes a mutant whose line has changed
since fail loudly instead of testing nothing.

`install` must be called before the modules in question are imported, so each mutant needs a process of its own.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

PACKAGE = Path(__file__).resolve().parent.parent


class MutantOutdated(Exception):
    """The words that a mutant replaces are not in the file, or not once: bring it up to date."""


@dataclass(frozen=True, slots=True)
class Edit:
    """In `file` (below raftstore/) `wrong` stands in place of `right`."""

    file: str
    right: str
    wrong: str

    @property
    def module(self) -> str:
        return "raftstore." + self.file.removesuffix(".py").replace("/", ".")

    def apply(self, source: str) -> str:
        """
        Raises:
            MutantOutdated: `right` is not in the source exactly once.
        """
        found = source.count(self.right)
        if found != 1:
            raise MutantOutdated(f"{self.file} has {self.right!r} {found} times, not once")
        return source.replace(self.right, self.wrong)


@dataclass(frozen=True, slots=True, init=False)
class Mutant:
    """A mistake: its name, what goes wrong and which rule it breaks, and the edits that make it.

    Args:
        tests: files of tests (below raftstore/) that see it, should the simulator and the scenarios be unable to.
    """

    name: str
    mistake: str
    edits: tuple[Edit, ...]
    tests: tuple[str, ...]

    def __init__(self, name: str, mistake: str, *edits: Edit, tests: tuple[str, ...] = ()) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "mistake", mistake)
        object.__setattr__(self, "edits", edits)
        object.__setattr__(self, "tests", tests)


class _MutatingLoader(SourceFileLoader):
    """Compiles the edited source; never reads or writes cached bytecode."""

    def __init__(self, name: str, path: str, edits: Sequence[Edit]) -> None:
        super().__init__(name, path)
        self._edits = edits

    def get_code(self, fullname: str) -> CodeType:
        source = Path(self.path).read_text()
        for edit in self._edits:
            source = edit.apply(source)
        return self.source_to_code(source.encode(), self.path)


class _MutatingFinder(MetaPathFinder):
    def __init__(self, edits: Sequence[Edit]) -> None:
        self._edits = edits

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        edits = [edit for edit in self._edits if edit.module == fullname]
        if not edits:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.origin is not None:
            spec.loader = _MutatingLoader(fullname, spec.origin, edits)
        return spec


def install(edits: Sequence[Edit]) -> None:
    """From now on the modules named are imported with their mistakes.

    Raises:
        MutantOutdated: an edit does not fit its file any more.
        RuntimeError: a module is imported already.
    """
    sources: dict[str, str] = {}
    for edit in edits:
        if edit.module in sys.modules:
            raise RuntimeError(f"{edit.module} is imported already, so it can no longer be changed")
        source = sources.get(edit.file) or (PACKAGE / edit.file).read_text()
        sources[edit.file] = edit.apply(source)
    sys.meta_path.insert(0, _MutatingFinder(edits))
