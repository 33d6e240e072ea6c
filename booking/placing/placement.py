"""On which store cluster does an inventory live: a new one where the fewest seats do, others where their row says."""

from django.db import close_old_connections
from django.db.models import Sum

from booking import seatstore
from booking.models import Inventory, SeatPlan
from booking.placing.clusters import clusters, clusters_with_room


class PlacementByLoad:
    """Places inventories one after the other, counting what it has placed itself."""

    def __init__(self) -> None:
        self._seats = dict.fromkeys(clusters_with_room(), 0)
        if len(self._seats) > 1:
            placed = Inventory.objects.filter(cluster__in=self._seats).values_list("cluster")
            self._seats |= dict(placed.annotate(seats=Sum("plan__seat_count")).order_by())

    def place(self, plan: SeatPlan) -> str:
        """The cluster that has the fewest seats; of equal ones that which the settings name first."""
        cluster = min(self._seats, key=self._seats.__getitem__)
        self._seats[cluster] += plan.seat_count
        return cluster


def read_map(inventory: str) -> seatstore.Availability:
    """An inventory's taken seats, for somebody who has its id only.

    Raises:
        SeatStoreRefused: there is no such inventory.
        StoreUnavailable: no leader answered.
    """
    if len(clusters()) == 1:
        return seatstore.availability(inventory)
    cluster = Inventory.objects.values_list("cluster", flat=True).filter(pk=inventory).first()
    if cluster is None:
        raise seatstore.SeatStoreRefused("unknown_inventory", f"There is no inventory {inventory}.")
    return seatstore.availability(inventory, cluster=cluster)


def read_map_in_a_thread(inventory: str) -> seatstore.Availability:
    """As read_map, where no request's end looks after the thread's connection to the database."""
    close_old_connections()
    try:
        return read_map(inventory)
    finally:
        close_old_connections()
