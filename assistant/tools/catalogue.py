"""What can be named? Trains, shows, places, zones and classes of the catalogue."""

from assistant.names import Names
from booking.models import Hall, PriceZone, SeatClass, Show, Station, Train, Venue


def known_names() -> Names:
    """Everything that has a name in the catalogue now."""
    return Names(
        stations=Station.objects.all(),
        venues=Venue.objects.all(),
        halls=Hall.objects.select_related("venue"),
        trains=Train.objects.all(),
        shows=Show.objects.all(),
        zones={*PriceZone.objects.values_list("name", flat=True), *SeatClass.objects.values_list("name", flat=True)},
    )
