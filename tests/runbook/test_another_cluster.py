"""Does the section "Another cluster" do what it promises to somebody who has nothing but that page?"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running.reaper import Reaper

from .operator import Operator
from .runbook import blocks_of

SECTION = "Another cluster"
ON_SALE = """
import json, uuid
from datetime import timedelta
from django.utils import timezone
from accounts.models import User
from booking.selling.publishing import publish_performance
from booking.services import hold_seats
from booking.tests.catalogue import a_performance
inventory = publish_performance(performance=a_performance(timezone.now() + timedelta(days=3)))
customer = User.objects.create(email=f"{uuid.uuid4()}@example.com")
order = hold_seats(customer=customer, inventory=inventory, seats=["A-1"], first_leg=0, end_leg=1, request_id="1")
from booking import seatstore
seatstore.confirm_hold(hold_id=order.parts.get().hold_id, request_id="2", cluster=inventory.cluster)
print(json.dumps([inventory.pk, inventory.cluster]))
"""
OFF_SALE = """
from booking.models import Inventory
from booking.selling.publishing import withdraw
print(withdraw(inventory=Inventory.objects.get(pk="{inventory}")).state)
"""
SOLD = """
import json
from booking.models import Inventory
from booking.selling.publishing import publish_performance
from booking.seatstore import availability
inventory = publish_performance(performance=Inventory.objects.get(pk="{inventory}").performance)
print(json.dumps([inventory.state, inventory.cluster, availability(inventory.pk, cluster=inventory.cluster).sold]))
"""

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def second(tmp_path: Path, reaper: Reaper) -> Iterator[Operator]:
    operator = Operator(tmp_path / "second", reaper)
    (tmp_path / "second").mkdir()
    yield operator
    operator.stop_all()


def shell(operator: Operator, code: str) -> str:
    """What the site's shell prints last."""
    said = operator.run(f".venv/bin/python manage.py shell <<'END'\n{code}\nEND")
    return said.strip().splitlines()[-1]


def test_a_second_cluster_takes_new_inventories_and_one_that_is_moved(
    operator: Operator, second: Operator, tmp_path: Path
) -> None:
    serve, status, name_them, move = blocks_of(SECTION)
    operator.found(1)
    operator.variables |= {
        "TICKETSITE_VAR": str(tmp_path),
        "SEAT_STORE_ADDRESSES": operator.address_of(1),
        "MAIN": operator.address_of(1),
    }
    operator.run(".venv/bin/python manage.py migrate --no-input")
    inventory, cluster = json.loads(shell(operator, ON_SALE))
    assert cluster == "main"

    second.variables["CLUSTER"] = f"1={second.address_of(1)}"
    second.serve(1, serve)
    second.variables["SECOND"] = operator.variables["SECOND"] = second.address_of(1)
    second.until_well(status)

    assert "no issues" in operator.run(name_them)
    assert "main, which the settings do not name" in operator.run(name_them.replace("main=", "first="))
    operator.variables["STORE_CLUSTERS"] = f"main={operator.variables['MAIN']};second={operator.variables['SECOND']}"
    _, where_the_next_went = json.loads(shell(operator, ON_SALE))
    assert where_the_next_went == "second"

    operator.variables["INVENTORY"] = inventory
    assert "Take it off sale" in operator.run(move, code=1)
    assert shell(operator, OFF_SALE.format(inventory=inventory)) == "closed"
    assert "agree on every seat" in operator.run(move)
    assert json.loads(shell(operator, SOLD.format(inventory=inventory))) == ["open", "second", {"A-1": 1}]
