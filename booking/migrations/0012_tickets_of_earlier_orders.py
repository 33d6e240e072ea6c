from django.db import migrations
from django.utils import timezone

BATCH = 500


def issue(apps, schema_editor):
    """Who bought before there were tickets has them too; nobody is sent a mail."""
    Seat, Ticket = apps.get_model("booking", "OrderSeat"), apps.get_model("booking", "Ticket")
    database = schema_editor.connection.alias
    sold = Seat.objects.using(database).filter(
        order__status__in=("CONFIRMED", "PARTLY_CANCELLED"), cancelled_at=None, tickets=None
    )
    now, order, number, new = timezone.now(), None, 0, []
    for seat in sold.select_related("part").order_by("order_id", "id").iterator(chunk_size=BATCH):
        number = number + 1 if seat.order_id == order else 1
        order = seat.order_id
        new.append(
            Ticket(
                order_id=order,
                seat_id=seat.pk,
                number=number,
                inventory_id=seat.part.inventory_id,
                seat_name=seat.name,
                zone=seat.zone,
                passenger_type=seat.passenger_type,
                first_leg=seat.part.first_leg,
                end_leg=seat.part.end_leg,
                issued_at=now,
            )
        )
    Ticket.objects.using(database).bulk_create(new, batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [("booking", "0011_tickets")]

    operations = [migrations.RunPython(issue, migrations.RunPython.noop)]
