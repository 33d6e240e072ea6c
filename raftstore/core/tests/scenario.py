"""Scenarios: a rule of Raft as a text that can be read, and that a test runs.

A file under scenarios/ begins with a title, the sections it shows and why they matter. Then come steps, each with what
must happen, to the letter; `#` begins a remark.

    > propose 1 x
      1->2,3: AppendEntries t1 after 1@1: 2@1(x), commit 1

    cluster 1 2 3 learner 4 outside 5   begin with servers with empty logs; those outside are no members
    new-cluster 1 2 3                   the same before the cluster is formed (docs/decisions/006)
    disk 2: term 3, vote 1, log 1 1 3   server 2 begins from this disk: the terms of its log's entries
                                        also: base 4@2 (the log begins after it), applied 3
    show | show 1 2                     role, term, vote, commit index and log
    members 1                           who belongs to the cluster, by server 1's log
    disks 1                             the cluster's id, and which disk is on record for whom
    followers 1                         what leader 1 knows of the others

    timeout 1 | heartbeat 1             time passes until that is due, and server 1 alone notices
    advance 100 | advance 100: 1 2      time passes, for all or for some
    run 100                             time passes, and messages arrive at once
    timeouts 1=200 2=300                how long the next election timeouts will be
    win 1                               server 1 stands and wins; only what it says first as a leader is shown
    elect 1                             the same, and messages arrive until there are none; they are not shown
    settle                              messages arrive until there are none; they are not shown

    deliver | deliver 1->2 | 1-> | ->2  what is under way arrives, in order
    drop 1->2                           it is lost
    delay 1->2 as late                  it is taken aside; `deliver late` brings it, as often as one likes
    receive 2 from 1: MESSAGE           a message that nobody sent, written as messages are shown
    partition 1 2 | 3                   what is sent across is lost on arrival
    heal

    propose 1 x y                       commands for the leader
    read 2 r1 r2                        linearizable reads
    change 1: add learner 4             also: promote 4, remove 3
    transfer 1 to 2 | transfer 1
    crash 2 | restart 2                 what was not synced is lost; the state machine is that of the log's base
    hold 1 | sync 1                     the disk finishes nothing until it is told to
    compact 1 to 4                      forget the log's beginning
    damage 3                            the next snapshot that arrives there is not what it should be
    aside 1 on | aside 1 off            its disk hangs, or does not any more
    full 2 on | full 2 off              its disk takes no more entries, or does again
    fence 3                             its state machine was found to differ from the others'

`python -m raftstore.core.tests.scenario FILE...` checks scenarios; with `--rewrite` before the files it writes down in
them what happens. Read what changed before you believe it.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .director import Director

FOLDER = Path(__file__).parent / "scenarios"


class ScenarioError(Exception):
    """The scenario cannot be read, or something else happens in it than it says."""


@dataclass
class Step:
    line_number: int
    command: str
    expected: list[str] = field(default_factory=list)


@dataclass
class Scenario:
    title: str
    sections: str
    # Lines of the file, and steps in place of their command and its output.
    parts: list[str | Step]

    @property
    def steps(self) -> Iterator[Step]:
        return (part for part in self.parts if isinstance(part, Step))

    def __str__(self) -> str:
        lines: list[str] = []
        for part in self.parts:
            lines += [part] if isinstance(part, str) else [f"> {part.command}", *(f"  {x}" for x in part.expected)]
        return "\n".join(lines) + "\n"


def parse(text: str) -> Scenario:
    """
    Raises:
        ScenarioError: a line is neither head, remark, step nor output of a step.
    """
    lines = text.splitlines()
    if len(lines) < 4 or not lines[0] or "§" not in lines[1] or lines[2] or not lines[3] or lines[3].startswith(">"):
        raise ScenarioError("a scenario begins with its title, the sections (§) it shows, an empty line and the reason")
    scenario = Scenario(lines[0], lines[1], [])
    step: Step | None = None
    begun = False
    for number, line in enumerate(lines, 1):
        if line.startswith("> "):
            begun = True
            step = Step(number, line.removeprefix("> "))
            scenario.parts.append(step)
        elif line.startswith("  ") and step:
            step.expected.append(line.removeprefix("  "))
        elif not line or line.startswith("# ") or not begun:
            step = None
            scenario.parts.append(line)
        else:
            raise ScenarioError(
                f"line {number} is neither a step (>), its output (two spaces) nor a remark (#): {line}"
            )
    if not begun:
        raise ScenarioError("a scenario has at least one step")
    return scenario


def run(scenario: Scenario) -> Iterator[tuple[Step, list[str]]]:
    """Each step with what happens in it.

    Raises:
        ScenarioError: a step cannot be read, or a server does what must never happen.
    """
    director = Director()
    for step in scenario.steps:
        try:
            yield step, director.carry_out(step.command)
        except Exception as error:
            raise ScenarioError(f"line {step.line_number}: > {step.command}: {error}") from error


def check(scenario: Scenario) -> None:
    """
    Raises:
        ScenarioError: something else happens than the scenario says.
    """
    for step, happened in run(scenario):
        if happened != step.expected:
            expected, got = ("\n".join(f"  {line}" for line in lines) for lines in (step.expected, happened))
            raise ScenarioError(f"line {step.line_number}: > {step.command}\nexpected\n{expected}\nbut got\n{got}")


def rewrite(path: Path) -> None:
    """Put what happens in place of what was expected."""
    scenario = parse(path.read_text())
    for step, happened in run(scenario):
        step.expected = happened
    path.write_text(str(scenario))


if __name__ == "__main__":
    files = [Path(name) for name in sys.argv[1:] if name != "--rewrite"]
    for file in files:
        if "--rewrite" in sys.argv:
            rewrite(file)
        else:
            check(parse(file.read_text()))
