import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def give_all_to_one_carrier(apps, schema_editor):
    """What there was before there were carriers: all of it ran on one railway, as the demo's does, in one currency."""
    train, seat_class = apps.get_model("booking", "Train"), apps.get_model("booking", "SeatClass")
    if not train.objects.exists() and not seat_class.objects.exists():
        return
    carrier, _ = apps.get_model("booking", "Carrier").objects.get_or_create(
        code="IR", defaults={"name": "Indian Railways", "currency": settings.CURRENCY}
    )
    train.objects.filter(carrier=None).update(carrier=carrier)
    seat_class.objects.filter(carrier=None).update(carrier=carrier)


class Migration(migrations.Migration):
    # PostgreSQL changes no table in a transaction that has rows of it waiting for their foreign keys to be checked.
    atomic = False

    dependencies = [("booking", "0004_carriers_calendars_and_fares")]

    operations = [
        migrations.RunPython(give_all_to_one_carrier, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="seatclass",
            name="carrier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="classes", to="booking.carrier"
            ),
        ),
        migrations.AlterField(
            model_name="train",
            name="carrier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="trains", to="booking.carrier"
            ),
        ),
    ]
