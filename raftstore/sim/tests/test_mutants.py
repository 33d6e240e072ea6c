"""Every known mistake fits the code as it is, and is noticed: as docs/mutants.md says, by the seed or test it names."""

import os

import pytest

from raftstore.sim import hunts
from raftstore.sim.hunt import Catch
from raftstore.sim.mutants import MUTANTS
from raftstore.sim.mutation import PACKAGE, Edit, MutantOutdated
from raftstore.sim.simulation import run_seed

# A change to the simulator changes what a seed does. Then another one soon shows the mistake, or the table is due.
SEEDS = 25
FOUND = hunts.read_table(hunts.TABLE.read_text())


def mutated(mutant):
    sources = {}
    for edit in mutant.edits:
        sources[edit.file] = edit.apply(sources.get(edit.file) or (PACKAGE / edit.file).read_text())
    return sources


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mistake_fits_the_code_and_is_still_a_program(mutant):
    for file, source in mutated(mutant).items():
        assert source != (PACKAGE / file).read_text()
        compile(source, file, "exec")
    for tests in mutant.tests:
        assert (PACKAGE / tests).is_file()


def test_no_two_mistakes_have_one_name():
    names = [mutant.name for mutant in MUTANTS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("right", ["what is not there", "import"])
def test_a_mistake_that_no_longer_fits_is_an_error(right):
    with pytest.raises(MutantOutdated):
        Edit("core/raft.py", right, "anything").apply((PACKAGE / "core/raft.py").read_text())


def test_the_table_has_every_mistake_and_what_it_says_of_them_is_what_the_code_says():
    assert list(FOUND) == [mutant.name for mutant in MUTANTS]
    text = hunts.TABLE.read_text()
    assert all(f"| `{mutant.name}` | {mutant.mistake} | " in text for mutant in MUTANTS)
    assert "**nothing**" not in text


def test_a_row_that_is_written_anew_leaves_all_others_as_they_are():
    before = hunts.TABLE.read_text()
    name = next(name for name, seed in FOUND.items() if seed)
    after = hunts.table_of([Catch(name, "somebody", seed=99)], before)
    assert hunts.read_table(after) == {**FOUND, name: 99}
    assert set(before.splitlines()) - set(after.splitlines()) == {
        line for line in before.splitlines() if line.startswith(f"| `{name}` |")
    }


@pytest.mark.timeout(600)
def test_every_mistake_is_noticed():
    def arguments(mutant):
        seed = FOUND[mutant.name]
        return ["--first", str(seed), "--seeds", str(SEEDS)] if seed else ["--seeds", "0"]

    unnoticed = [
        f"{catch.name} {catch.detail}"
        for catch in hunts.hunt_all(MUTANTS, arguments, jobs=os.cpu_count() or 1)
        if not catch.check
    ]
    assert not unnoticed


@pytest.mark.timeout(300)
def test_the_seeds_that_show_mistakes_show_none_in_the_code_as_it_is():
    broken = {seed: outcome.rule for seed in set(FOUND.values()) - {0} if (outcome := run_seed(seed)).rule}
    assert not broken
