"""Do the runbook's own commands do what they promise? Each test is somebody with nothing but that page."""

import shutil
import signal
from pathlib import Path

import pytest

from tests.running.small_disk import small_disk
from tests.running.waiting import wait_for

from .operator import Operator
from .runbook import block_of, blocks_of
from .shop import Shop

DAMAGED = "A node's disk is lost or damaged"
FULL = "A disk is full"
SLOW = "A disk is slow or hangs"
LOST = "The majority is lost for ever"
CHANGE = "Add and remove nodes"
BACKUP, RESTORE = "Backup", "Restore a backup"
SMALL_DISK_BYTES = 48 << 20
RESERVE_MIB = 4

pytestmark = pytest.mark.timeout(240)


def replace(operator: Operator, old: int, new: int) -> None:
    """The numbered steps of "A node's disk is lost or damaged"."""
    _, serve, replace_it, look = blocks_of(DAMAGED)
    operator.variables |= {"OLD": str(old), "NEW": str(new)}
    operator.serve(new, serve)
    wait_for(lambda: "event=serving" in operator.output_of(new), f"node {new} to serve")
    operator.run(replace_it)
    assert f"{new} " in operator.run(look)
    operator.until_well()


def test_a_node_that_is_dead_is_replaced(operator: Operator, shop: Shop) -> None:
    operator.found(3)
    shop.sell(10)
    operator.lose(2)
    shutil.rmtree(operator.data_of(2))
    shop.sell(5)
    replace(operator, old=2, new=4)
    shop.sell(5)
    assert shop.sold_by_the_store() == shop.sold
    assert sorted(node["node"] for node in operator.nodes()) == [1, 3, 4]
    # The new one counts: another may fail now.
    operator.stop(1, sent=signal.SIGKILL)
    shop.sell(5)
    assert shop.sold_by_the_store() == shop.sold


def test_a_node_whose_log_is_damaged_says_where_and_is_replaced(operator: Operator, shop: Shop) -> None:
    verify, *_ = blocks_of(DAMAGED)
    operator.found(3)
    shop.sell(10)
    operator.stop(2)
    file = damage_in_the_middle(operator.data_of(2))
    operator.serve(2, block_of("One node is down", "serve"))
    wait_for(lambda: operator.has_ended(2), "the node to refuse")
    assert file.name in operator.output_of(2)
    assert file.name in operator.run(verify, code=1)
    operator.lose(2)
    replace(operator, old=2, new=4)
    shop.sell(5)
    assert shop.sold_by_the_store() == shop.sold


def damage_in_the_middle(data: Path) -> Path:
    """Flip a bit of what was written and synced long ago. Returns the file."""
    file = min((data / "log").iterdir(), key=lambda path: path.name)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    return file


def test_a_node_whose_checkpoint_alone_is_lost_makes_it_anew_from_its_log(operator: Operator, shop: Shop) -> None:
    operator.found(3)
    shop.sell(10)
    operator.stop(2)
    for file in operator.data_of(2).glob("state.sqlite3*"):
        file.rename(operator.data_of(2).parent / file.name)
    operator.serve(2, block_of("One node is down", "serve"))
    operator.until_well()
    assert shop.sold_by_the_store() == shop.sold


def test_a_backup_is_restored_as_a_new_cluster(operator: Operator, shop: Shop, tmp_path: Path) -> None:
    operator.found(3)
    shop.sell(20)
    operator.variables["BACKUP"] = str(tmp_path / "backup.sqlite3")
    (backup,) = blocks_of(BACKUP)
    operator.run(backup)
    before = {node["cluster"] for node in operator.nodes()}
    in_backup = set(shop.sold)
    shop.sell(5)
    operator.stop_all()

    restore, serve, look = blocks_of(RESTORE)
    nodes = (1, 2, 3)
    operator.variables["CLUSTER"] = ",".join(f"{node}={operator.address_of(node)}" for node in nodes)
    for node in nodes:
        operator.speak_of(node, data=tmp_path / f"restored-{node}")
        operator.run(restore)
    for node in nodes:
        operator.serve(node, serve, data=tmp_path / f"restored-{node}")
    operator.until_well(look)
    assert shop.sold_by_the_store() == in_backup
    after = {node["cluster"] for node in operator.nodes()}
    assert len(after) == 1
    assert not after & before
    # An old node that somebody starts by mistake is not let in, and disturbs nobody.
    shop.sold = in_backup
    shop.sell(5)
    assert shop.sold_by_the_store() == shop.sold


def test_one_node_goes_on_when_the_majority_is_lost_and_others_join_it(operator: Operator, shop: Shop) -> None:
    operator.found(3)
    shop.sell(20)
    for node in (1, 3):
        operator.lose(node)
        shutil.rmtree(operator.data_of(node))
    assert not shop.is_served()
    operator.stop(2)

    ask, accept, serve = blocks_of(LOST)
    operator.speak_of(2)
    assert "term" in operator.run(ask, code=1)
    operator.run(accept)
    operator.serve(2, serve)
    wait_for(lambda: shop.is_served(), "the node to lead by itself", 60)
    assert shop.sold_by_the_store() == shop.sold

    start, add, _ = blocks_of(CHANGE)
    for node in (4, 5):
        operator.variables["NEW"] = str(node)
        operator.serve(node, start)
        wait_for(lambda node=node: "event=serving" in operator.output_of(node), f"node {node} to serve")
        operator.run(add)
    operator.until_well()
    operator.stop(2)
    shop.sell(5)
    assert shop.sold_by_the_store() == shop.sold


def test_full_disks_stop_booking_only_while_a_majority_is_full_and_lose_nothing(
    operator: Operator, shop: Shop, tmp_path: Path
) -> None:
    try:
        with (
            small_disk(tmp_path / "disk-1", SMALL_DISK_BYTES) as first,
            small_disk(tmp_path / "disk-2", SMALL_DISK_BYTES) as second,
        ):
            data = {1: first.path / "data", 2: second.path / "data"}
            operator.found(3, data=data, flags=f"--disk-reserve-mib {RESERVE_MIB}")
            operator.run(f"{block_of(SLOW, 'transfer').strip()} --to 3")
            shop.sell(10)
            (see_and_drop,) = blocks_of(FULL)

            first.fill(leave_bytes=(RESERVE_MIB - 1) << 20)
            wait_for(lambda: disk_of(operator, 1) == "nearly_full", "node 1 to notice")
            shop.sell(10)
            second.fill(leave_bytes=(RESERVE_MIB - 1) << 20)
            wait_for(lambda: disk_of(operator, 2) == "nearly_full", "node 2 to notice")
            wait_for(lambda: not shop.is_served(), "booking to stop")
            assert shop.sold_by_the_store() == shop.sold

            for node in (1, 2):
                operator.speak_of(node, data=data[node])
                assert str(data[node]) in operator.run(see_and_drop)
            first.empty()
            second.empty()
            operator.until_well()
            shop.sell(10)
            assert shop.sold_by_the_store() == shop.sold
            operator.stop_all()
    except PermissionError as reason:
        pytest.skip(str(reason))


def disk_of(operator: Operator, node: int) -> object:
    return next(one["disk"] for one in operator.nodes() if one["node"] == node)
