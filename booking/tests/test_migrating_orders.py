"""Orders of the version before, each of one inventory, keep their seats, holds and prices, and may go back."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

ROOT = Path(__file__).resolve().parents[2]

NOW = "2026-01-01 00:00:00"


def migrate(var: Path, target: str) -> None:
    environment = {**os.environ, "TICKETSITE_VAR": str(var), "DATABASE_URL": f"sqlite:///{var / 'site.sqlite3'}"}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0", "booking", target], cwd=ROOT, env=environment, check=True
    )


def write_orders_of_old(database: sqlite3.Connection) -> list[tuple[str, str]]:
    """Two orders of one inventory; their ids and their holds' ids."""
    database.execute(
        "INSERT INTO accounts_user (id, password, is_superuser, is_staff, is_active, date_joined, email, name)"
        " VALUES (1, '', 0, 0, 1, ?, 'c@example.com', '')",
        [NOW],
    )
    database.execute("INSERT INTO booking_seatplan VALUES ('d', '{}', 2)")
    database.execute(
        "INSERT INTO booking_inventory (id, plan_id, legs, state, wish, cluster, moves, moved_from, last_error)"
        " VALUES ('train-1', 'd', 4, 'open', 0, 'main', 0, '', '')"
    )
    orders = [(uuid4().hex, uuid4().hex) for _ in range(2)]
    for number, (order, hold) in enumerate(orders):
        database.execute(
            "INSERT INTO booking_order (id, reference, customer_id, inventory_id, hold_id, first_leg, end_leg, status,"
            " amount, currency, request_id, created_at, updated_at) VALUES (?, ?, 1, 'train-1', ?, 1, 3, 'CONFIRMED',"
            " 5, 'EUR', ?, ?, ?)",
            [order, f"R{number}", hold, str(number), NOW, NOW],
        )
        database.execute(
            "INSERT INTO booking_orderseat (order_id, name, zone, amount) VALUES (?, ?, 'AC2', 5)",
            [order, f"C1-{number}"],
        )
    database.commit()
    return orders


def test_orders_of_old_become_orders_of_one_part_and_can_become_what_they_were(tmp_path):
    migrate(tmp_path, "0005")
    database = sqlite3.connect(tmp_path / "site.sqlite3")
    orders = write_orders_of_old(database)
    migrate(tmp_path, "0008")
    parts = database.execute(
        "SELECT part.order_id, hold_id, position, inventory_id, first_leg, end_leg, seat.name, seat.currency"
        " FROM booking_orderpart part JOIN booking_orderseat seat ON seat.part_id = part.id ORDER BY seat.id"
    )
    assert parts.fetchall() == [
        (order, hold, 1, "train-1", 1, 3, f"C1-{number}", "EUR") for number, (order, hold) in enumerate(orders)
    ]
    migrate(tmp_path, "0005")
    again = database.execute(
        "SELECT id, hold_id, inventory_id, first_leg, end_leg FROM booking_order ORDER BY reference"
    )
    assert again.fetchall() == [(order, hold, "train-1", 1, 3) for order, hold in orders]
    database.close()
