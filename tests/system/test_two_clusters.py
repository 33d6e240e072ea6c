"""The whole site with two store clusters: customers book on both, and go on booking on one while the other is away."""

import datetime
import json
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running.reaper import Reaper
from tests.running.store_cluster import StoreCluster
from tests.running.waiting import wait_for
from tests.running.web_server import WebServer
from tests.system.conftest import Site

CARD = {
    "number": "4242424242424242",
    "exp_month": 12,
    "exp_year": datetime.date.today().year + 2,
    "cvc": "123",
}
_PUBLISH = """
import json
import shutil
from datetime import timedelta
from django.utils import timezone
from booking.selling.publishing import publish_performance
from booking.tests.catalogue import a_performance
starts_at = timezone.now() + timedelta(days=3)
placed = [publish_performance(performance=a_performance(starts_at)) for _ in range(2)]
print(json.dumps({inventory.cluster: inventory.pk for inventory in placed}))
"""


@pytest.fixture
def second(tmp_path: Path, reaper: Reaper) -> Iterator[StoreCluster]:
    cluster = StoreCluster(tmp_path / "second", reaper, size=1)
    cluster.start()
    cluster.leader()
    yield cluster
    cluster.kill()


@pytest.fixture
def site_on_two(
    tmp_path: Path, reaper: Reaper, seat_store: StoreCluster, second: StoreCluster, migrated_database: Path
) -> Iterator[Site]:
    server = WebServer(tmp_path, reaper, seat_store.addresses)
    clusters = {"main": seat_store, "second": second}
    server.environment |= {
        "STORE_CLUSTERS": ";".join(f"{name}={','.join(store.addresses)}" for name, store in clusters.items()),
        "SEAT_STORE_DEADLINE_S": "1",
    }
    shutil.copy(migrated_database, server.database)
    server.start()
    yield Site(server, seat_store)
    server.stop()


def test_rest_customers_book_on_both_clusters_and_on_one_while_the_other_is_away(
    site_on_two: Site, second: StoreCluster
) -> None:
    inventories = json.loads(site_on_two.server.manage("shell", stdin=_PUBLISH).strip().splitlines()[-1])
    assert set(inventories) == {"main", "second"}
    [token] = site_on_two.tokens("both", 1)
    with site_on_two.client(token) as client:

        def book(cluster: str, seat: str) -> int:
            headers = {"Idempotency-Key": str(uuid.uuid4())}
            hold = client.post("holds/", json={"inventory": inventories[cluster], "seats": [seat]}, headers=headers)
            if hold.status_code != 201:
                return hold.status_code
            payment = {"order": hold.json()["order"], "card": CARD}
            paid = client.post("payments/", json=payment, headers={"Idempotency-Key": str(uuid.uuid4())})
            assert paid.json()["order"]["status"] == "CONFIRMED", paid.text
            return paid.status_code

        def sold(cluster: str) -> list[str]:
            answer = client.get(f"seat-maps/{inventories[cluster]}/availability/")
            return [row["seat"] for row in answer.json().get("seats", [])]

        assert [book(cluster, "A-1") for cluster in inventories] == [201, 201]
        assert book("second", "A-1") == 409
        second.kill()
        assert book("second", "A-2") == 503
        assert book("main", "A-2") == 201
        assert sold("main") == ["A-1", "A-2"]
        second.start()
        second.leader()
        wait_for(lambda: book("second", "A-3") == 201, "the second cluster to sell again")
        assert sold("second") in (["A-1", "A-3"], ["A-1", "A-2", "A-3"])
