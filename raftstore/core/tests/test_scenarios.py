"""Raft's rules as texts (scenarios/): each runs as it is written, every rule has one, and a wrong one is noticed."""

import pytest

from .scenario import FOLDER, ScenarioError, check, parse, rewrite

NAMES = sorted(path.stem for path in FOLDER.glob("*.txt"))

# Rule of the paper, or of the dissertation, to the scenarios that show it; their second lines name it.
RULES = {
    "Figure 2, persistent state": ["5.2-one-vote-a-term", "fig2-promises-wait-for-the-disk"],
    "Figure 2, state on leaders": ["5.3-match-index-never-goes-back", "5.3-answers-of-old-terms"],
    "Figure 2, RequestVote 1": ["5.1-old-terms-are-refused"],
    "Figure 2, RequestVote 2": ["5.2-one-vote-a-term", "5.4.1-up-to-date-logs-win"],
    "Figure 2, AppendEntries 1": ["5.1-old-terms-are-refused"],
    "Figure 2, AppendEntries 2": ["5.3-consistency-check"],
    "Figure 2, AppendEntries 3": ["5.3-conflict-truncates", "5.3-delayed-append-does-not-truncate"],
    "Figure 2, AppendEntries 4": ["5.3-delayed-append-does-not-truncate"],
    "Figure 2, AppendEntries 5": ["5.3-leader-commit-beyond-the-match"],
    "Figure 2, All Servers 1": ["fig2-applied-once-and-in-order", "5.3-normal-operation"],
    "Figure 2, All Servers 2": ["5.1-higher-term-is-obeyed"],
    "Figure 2, Followers 1": ["5.2-one-vote-a-term", "5.3-consistency-check"],
    "Figure 2, Followers 2": ["5.2-follower-stands-after-its-timeout", "5.2-heartbeats-and-votes-keep-a-follower"],
    "Figure 2, Candidates 1": ["5.2-follower-stands-after-its-timeout"],
    "Figure 2, Candidates 2": ["5.2-follower-stands-after-its-timeout", "5.2-stale-votes-do-not-count"],
    "Figure 2, Candidates 3": ["5.2-candidate-meets-the-leader"],
    "Figure 2, Candidates 4": ["5.2-split-vote"],
    "Figure 2, Leaders 1": ["5.2-heartbeats-and-votes-keep-a-follower"],
    "Figure 2, Leaders 2": ["5.3-normal-operation"],
    "Figure 2, Leaders 3": ["5.3-heartbeat-finds-what-was-lost", "5.3-lost-probe-is-sent-again", "5.3-conflict-hint"],
    "Figure 2, Leaders 4": ["fig2-commit-counts-what-is-durable", "5.4.2-new-leader-commits-the-backlog"],
    "Figure 7 (a-f)": ["fig7-election", "fig7-a-f-logs-are-made-equal"],
    "Figure 8 (a-d)": ["fig8-a-d-no-commit-by-counting"],
    "Figure 8 (e)": ["fig8-e-own-entry-commits-the-earlier"],
    "Figure 13, rule 1": ["7-stale-snapshot-is-not-installed"],
    "Figure 13, rule 2": ["7-chunks-resume-where-they-stopped"],
    "Figure 13, rule 3": ["7-chunks-resume-where-they-stopped"],
    "Figure 13, rule 4": ["7-chunks-resume-where-they-stopped"],
    "Figure 13, rule 6": ["7-matching-snapshot-keeps-the-suffix"],
    "Figure 13, rule 7": ["7-conflicting-snapshot-discards-the-log"],
    "Figure 13, rule 8": ["7-conflicting-snapshot-discards-the-log", "7-members-travel-in-the-snapshot"],
    "§5.1": ["5.1-higher-term-is-obeyed", "5.1-old-terms-are-refused"],
    "§5.2": ["5.2-a-single-server", "5.2-vote-is-kept-when-the-leader-is-heard"],
    "§5.3": ["5.3-normal-operation"],
    "§5.4.1": ["5.4.1-up-to-date-logs-win"],
    "§5.4.2": ["fig8-a-d-no-commit-by-counting", "5.4.2-new-leader-commits-the-backlog"],
    "§5.4.3": ["fig8-e-own-entry-commits-the-earlier"],
    "§5.5": ["5.5-messages-may-come-twice"],
    "§6": ["6-strangers-are-heard"],
    "§7": [
        "7-snapshot-in-place-of-the-log",
        "7-log-is-kept-behind-a-transfer",
        "7-damaged-snapshot-is-sent-again",
        "7-consistency-check-where-the-log-begins",
    ],
    "§8": ["8-no-op-first", "8-deposed-leader-answers-no-read", "8-refused-command-leaves-nothing"],
    "dissertation §3.10": [
        "diss3.10-transfer",
        "diss3.10-transfer-that-fails",
        "diss3.10-timeout-now-of-the-past",
    ],
    "dissertation §4.1": [
        "diss4.1-one-change-at-a-time",
        "diss4.1-in-force-when-in-the-log",
        "diss4.1-change-that-is-lost-is-undone",
    ],
    "dissertation §4.1 (with its author's correction, raft-dev, 10 July 2015)": ["diss4.1-own-term-first"],
    "dissertation §4.2.1": ["diss4.2.1-learner-catches-up-first", "diss4.2.1-learner-does-not-vote"],
    "dissertation §4.2.2": ["diss4.2.2-leader-removes-itself"],
    "dissertation §4.2.3": ["diss4.2.3-removed-server-disturbs-nobody", "diss4.2.3-who-hears-a-leader-helps-nobody"],
    "dissertation §6.2": ["diss6.2-leader-without-majority-steps-down"],
    "dissertation §6.4": [
        "diss6.4-read-index-on-the-leader",
        "diss6.4-read-index-on-a-follower",
        "diss6.4-follower-reads-are-lost-with-the-leader",
    ],
    "dissertation §9.6": ["diss9.6-server-comes-back-quietly", "diss9.6-pre-vote-promises-nothing"],
    "dissertation §10.2.1": ["fig2-commit-counts-what-is-durable"],
    "docs/decisions/006": ["decision006-forming-a-cluster"],
    "Beyond the paper": [
        "beyond-a-leader-whose-disk-hangs-steps-aside",
        "beyond-a-full-disk-takes-no-commands",
        "beyond-a-full-majority-still-follows",
        "beyond-a-fenced-server-says-nothing",
    ],
}

SMALL = """\
A title
§5.2

Why it matters.

> cluster 1 2 3
> elect 1
  1: leader in t1
"""


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_happens_as_it_is_written(name):
    check(parse((FOLDER / f"{name}.txt").read_text()))


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_scenarios_that_name_it(rule):
    for name in RULES[rule]:
        assert rule in parse((FOLDER / f"{name}.txt").read_text()).sections


def test_every_scenario_shows_a_rule():
    assert set(NAMES) == {name for names in RULES.values() for name in names}


@pytest.mark.parametrize(
    "wrong",
    [
        SMALL.replace("leader in t1", "leader in t2"),
        SMALL.replace("  1: leader in t1\n", ""),
        SMALL + "  2,3: applied 1@1(noop)\n",
        SMALL + "> show 1\n",
    ],
)
def test_a_scenario_that_expects_something_else_fails(wrong):
    check(parse(SMALL))
    with pytest.raises(ScenarioError, match="expected"):
        check(parse(wrong))


@pytest.mark.parametrize(
    "unreadable",
    [
        SMALL.replace("§5.2", "somewhere"),
        SMALL.replace("Why it matters.\n\n", ""),
        SMALL + "nobody knows why\n",
        SMALL + "\n  2: leader in t1\n",
        "A title\n§5.2\n\nWhy it matters.\n",
    ],
)
def test_stray_text_is_no_scenario(unreadable):
    with pytest.raises(ScenarioError):
        check(parse(unreadable))


@pytest.mark.parametrize(
    "command",
    [
        "elevate 1",
        "elect",
        "elect 1 2",
        "elect 4",
        "elect 1",
        "heartbeat 2",
        "deliver",
        "deliver 1->2",
        "deliver late",
        "receive 2 from 1: Hello t1",
        "receive 2 from 1: AppendEntries t1 after 0@0: 1@1 and more, commit 0",
        "disk 1: log 1 1, colour 3",
    ],
)
def test_a_step_that_cannot_be_taken_is_an_error(command):
    with pytest.raises(ScenarioError, match="line 9"):
        check(parse(f"{SMALL}> {command}\n"))


def test_rewriting_writes_down_what_happens_and_keeps_the_rest(tmp_path):
    text = SMALL.replace("> elect 1\n", "# A remark.\n> elect 1\n\n> show 1\n")
    path = tmp_path / "scenario.txt"
    path.write_text(text)
    rewrite(path)
    assert (
        path.read_text()
        == text.replace("  1: leader in t1\n", "").replace("> elect 1\n", "> elect 1\n  1: leader in t1\n")
        + "  1  leader  t1  vote 1  commit 1  log 1\n"
    )
