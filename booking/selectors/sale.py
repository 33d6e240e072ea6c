"""What does a request need to know about an inventory before it may hold seats of it?"""

from booking.models import Inventory
from booking.remembering import remembered
from booking.selling.pricing import prices_of
from booking.trains.timetable import stops_of


@remembered
def inventory_for_sale(inventory_id: str) -> Inventory | None:
    """The inventory with its timetable or its prices, to be read only; None if there is none."""
    inventory = (
        Inventory.objects.select_related("departure__train__carrier", "performance__hall__venue")
        .filter(pk=inventory_id)
        .first()
    )
    if inventory is not None:
        stops_of(inventory.departure.train) if inventory.is_train else prices_of(inventory.performance)
    return inventory
