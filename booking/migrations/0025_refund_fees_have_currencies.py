"""A fixed refund fee says its currency. Until now it was the same number in each: that becomes one step for each."""

from django.conf import settings
from django.db import migrations, models

import booking.models.amounts

HELP = "Of the fixed fee. There may be one step for each currency at the same time, and one without."


def say_the_currency(apps, schema_editor):
    get = apps.get_model
    trains = get("booking", "Train").objects.order_by().values_list("refund_policy", "carrier__currency")
    shows = get("booking", "Performance").objects.order_by()
    sold = {*trains.distinct(), *shows.values_list("show__refund_policy", "hall__venue__currency").distinct()}
    for step in get("booking", "RefundStep").objects.filter(fee_amount__gt=0, currency="").select_related("policy"):
        policies = {step.policy_id, None} if step.policy.is_default else {step.policy_id}
        first, *others = sorted({currency for policy, currency in sold if policy in policies}) or [settings.CURRENCY]
        step.currency = first
        step.save(update_fields=["currency"])
        for currency in others:
            step.pk, step.currency = None, currency
            step.save(force_insert=True)


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0024_history_of_waiting_rooms"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="refundstep",
            name="one_refund_step_at_a_time",
        ),
        migrations.AddField(
            model_name="historicalrefundstep",
            name="currency",
            field=models.CharField(
                blank=True, help_text=HELP, max_length=3, validators=[booking.models.amounts.validate_currency]
            ),
        ),
        migrations.AddField(
            model_name="refundstep",
            name="currency",
            field=models.CharField(
                blank=True, help_text=HELP, max_length=3, validators=[booking.models.amounts.validate_currency]
            ),
        ),
        migrations.RunPython(say_the_currency, migrations.RunPython.noop),
    ]
