"""The site and the store over mutual TLS: the settings name the files."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from booking import seatstore
from raftstore.errors import ConfigurationError
from raftstore.operate import certificates
from tests.running.reaper import Reaper
from tests.running.store_cluster import StoreCluster


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    directory = tmp_path / "certs"
    assert certificates.main(["--directory", str(directory)]) == 0
    return directory


@pytest.fixture
def secured_store(tmp_path: Path, reaper: Reaper, authority: Path, settings) -> Iterator[StoreCluster]:
    cluster = StoreCluster(tmp_path / "store", reaper, size=1, certificates=authority)
    cluster.start()
    cluster.leader()
    settings.SEAT_STORE_ADDRESSES = cluster.addresses
    settings.SEAT_STORE_TLS_CA = str(authority / "ca.pem")
    settings.SEAT_STORE_TLS_CERT = str(authority / "application.pem")
    settings.SEAT_STORE_TLS_KEY = str(authority / "application.key")
    yield cluster
    cluster.kill()


def test_the_site_sells_over_tls_when_its_settings_say_so(secured_store):
    seatstore.open_inventory(inventory="over-tls", seats=["A-1"], legs=1)
    assert seatstore.availability("over-tls").open


def test_settings_that_make_no_sense_are_an_error_and_not_a_store_that_is_away(secured_store, settings):
    settings.SEAT_STORE_TLS_KEY = ""
    with pytest.raises(ConfigurationError, match="missing: key"):
        seatstore.availability("over-tls")
