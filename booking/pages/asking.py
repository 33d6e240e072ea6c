"""Which seats are free, for a page that is shown whether or not the store answers?"""

from booking import seatstore
from booking.models import Inventory
from booking.seatstore import Availability


def availability_if_known(inventory: Inventory) -> tuple[Availability | None, bool]:
    """What is free, and whether the store answered at all: one that does not know the inventory did."""
    try:
        return seatstore.availability(inventory.pk, cluster=inventory.cluster), True
    except seatstore.SeatStoreRefused:
        return None, True
    except seatstore.SeatStoreError:
        return None, False
