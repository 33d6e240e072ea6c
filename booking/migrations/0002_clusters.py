from django.db import migrations, models

import booking.placing.clusters


class Migration(migrations.Migration):
    dependencies = [("booking", "0001_initial")]

    operations = [
        # What is there already lives on the first cluster that the settings name.
        migrations.AddField(
            model_name="inventory",
            name="cluster",
            field=models.CharField(default=booking.placing.clusters.first_cluster, max_length=32),
        ),
        migrations.AddField(
            model_name="inventory",
            name="moved_from",
            field=models.CharField(blank=True, default="", editable=False, max_length=32),
        ),
        migrations.AddField(
            model_name="inventory",
            name="moves",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
    ]
