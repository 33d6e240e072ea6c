"""Is every history linearizable, and nothing acknowledged lost, whatever fails? The long version is script/chaos."""

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import pytest

from raftstore.operate.certificates import main as make_certificates
from tests.running.reaper import Reaper

from .faults import CRASHES, DISKS, NETWORK, OPERATIONS, Backup, Fault, Kill, Partition, RestartAll, Transfer
from .run import Setting, run

pytestmark = pytest.mark.timeout(300)


def in_any_order(kinds: Sequence[type[Fault]]) -> Callable[[Random], Sequence[type[Fault]]]:
    return lambda random: random.sample(kinds, len(kinds))


def test_processes_that_die_and_hang_lose_nothing(tmp_path: Path, reaper: Reaper) -> None:
    verdict = run(Setting(tmp_path, seed=1), reaper, in_any_order(CRASHES))
    assert verdict.sold > 0


def test_a_network_that_parts_stalls_and_slows_lets_nobody_read_or_sell_wrongly(tmp_path: Path, reaper: Reaper) -> None:
    verdict = run(Setting(tmp_path, seed=2), reaper, in_any_order(NETWORK))
    assert verdict.sold > 0


def test_operators_hand_over_shorten_copy_and_replace_while_customers_book(tmp_path: Path, reaper: Reaper) -> None:
    verdict = run(Setting(tmp_path, seed=3), reaper, in_any_order(OPERATIONS))
    assert verdict.sold > 0


def test_disks_that_are_full_for_a_while_cost_no_booking_that_was_acknowledged(tmp_path: Path, reaper: Reaper) -> None:
    try:
        verdict = run(Setting(tmp_path, seed=4, small_disks=True), reaper, in_any_order(DISKS))
    except PermissionError as reason:
        pytest.skip(str(reason))
    assert verdict.sold > 0


def test_with_certificates_all_of_it_holds_too(tmp_path: Path, reaper: Reaper) -> None:
    certificates = tmp_path / "certs"
    make_certificates(["--directory", str(certificates)])
    setting = Setting(tmp_path, seed=5, certificates=certificates)
    verdict = run(setting, reaper, in_any_order((Kill, RestartAll, Partition, Backup, Transfer)))
    assert verdict.sold > 0
