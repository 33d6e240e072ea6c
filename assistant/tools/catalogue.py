"""What can be named? Trains, shows, places, zones and classes of the catalogue."""

from assistant.names import Names
from assistant.people import ages_in_name
from booking.models import Hall, PassengerType, PriceZone, SeatClass, Show, Station, Train, Venue


def known_names() -> Names:
    """Everything that has a name in the catalogue now."""
    kinds = PassengerType.objects.values_list("code", "name")
    ages = {found for code, name in kinds if (found := ages_in_name(code, name))}
    return Names(
        stations=Station.objects.all(),
        venues=Venue.objects.all(),
        halls=Hall.objects.select_related("venue"),
        trains=Train.objects.all(),
        shows=Show.objects.all(),
        zones={*PriceZone.objects.values_list("name", flat=True), *SeatClass.objects.values_list("name", flat=True)},
        ages=sorted(ages, key=lambda one: (one.first, one.code)),
    )
