"""What Prometheus reads of the assistant."""

from datetime import timedelta
from io import StringIO

from django.core.management import call_command
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from assistant.asking import ask
from assistant.callers import Caller
from assistant.models import Turn


def test_the_last_hour_is_counted_by_intent_and_voice(world):
    for message in ("how do I pay?", "how do I pay?", "help"):
        ask(message=message, caller=Caller(None, "192.0.2.7"), within=None, now=timezone.now())
    Turn.objects.filter(intent="help").update(at=timezone.now() - timedelta(hours=2))
    output = StringIO()
    call_command("assistant_metrics", stdout=output)
    families = {family.name: family for family in text_string_to_metric_families(output.getvalue())}
    turns = {tuple(sample.labels.values()): sample.value for sample in families["ticketsite_assistant_turns"].samples}
    assert turns == {("how_to_pay", "site"): 2.0}
    counts = [
        sample.value
        for sample in families["ticketsite_assistant_answer_seconds"].samples
        if sample.name.endswith("_count")
    ]
    assert counts == [2.0]
