"""With what does every schedule begin? A small catalogue on sale and some customers, made once and copied each time."""

import sqlite3
from contextlib import closing
from typing import Any

from django.core.management import call_command
from django.db import connection

from accounts.models import User
from booking.tests.selling import a_customer, a_performance_on_sale, a_train_on_sale
from raftstore.seats.machine import SeatMachine
from tests.schedules.chance import everything_drawn_from
from tests.schedules.people import Offer
from tests.schedules.simulated_store import SimulatedStore
from tests.schedules.trouble import Trouble, installed

CUSTOMERS = 4


class Stage:
    """The database and the store's state as they are when the curtain rises."""

    def __init__(self, migrated: str | None = None) -> None:
        """
        Args:
            migrated: an SQLite file with every table; without one they are made.
        """
        if migrated is None:
            call_command("migrate", verbosity=0, interactive=False)
        else:
            connection.ensure_connection()
            with closing(sqlite3.connect(migrated)) as database:
                database.backup(connection.connection)
        with everything_drawn_from(0) as (chance, clock):
            store = SimulatedStore(clock, SeatMachine())
            with installed(Trouble(chance, meanwhile=lambda: None, note=lambda line: None), store):
                hall, train = a_performance_on_sale(), a_train_on_sale()
            self._customers = [a_customer(f"customer-{number}@example.com").pk for number in range(CUSTOMERS)]
        self.offers = (
            Offer(hall.pk, tuple(f"{row}-{number}" for row in "AB" for number in range(1, 5)), legs=1),
            Offer(train.pk, tuple(f"C1-{number}" for number in range(1, 7)), legs=4),
        )
        self._state = store.machine.whole_state()
        self._database = sqlite3.connect(":memory:")
        connection.connection.backup(self._database)

    def customers(self) -> list[User]:
        return list(User.objects.filter(pk__in=self._customers).order_by("pk"))

    def restored_machine(self) -> SeatMachine:
        return SeatMachine.restore(self._state)

    def copy_database(self, to: Any) -> None:
        to.ensure_connection()
        self._database.backup(to.connection)
