"""How does the assistant do? Counted from what is kept of the last hour, so it is true over all processes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Sum
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from .models import Conversation, ModelUse, Turn

SPAN = timedelta(hours=1)
BUCKETS_MS = (50, 100, 250, 500, 1_000, 2_000, 5_000)


def metrics_text(*, now: datetime) -> str:
    """In the format that Prometheus reads."""
    registry = CollectorRegistry()
    registry.register(_LastHour(now))
    return generate_latest(registry).decode()


class _LastHour(Collector):
    def __init__(self, now: datetime) -> None:
        self._now = now

    def collect(self) -> Iterator[Metric]:
        turns = Turn.objects.filter(at__gt=self._now - SPAN)
        asked = GaugeMetricFamily(
            "ticketsite_assistant_turns", "questions answered in the last hour", labels=["intent", "voice"]
        )
        for row in turns.values("intent", "voice").annotate(count=Count("pk")).order_by("intent", "voice"):
            asked.add_metric([row["intent"], row["voice"]], row["count"])
        yield asked
        yield self._durations()
        yield GaugeMetricFamily(
            "ticketsite_assistant_conversations", "conversations that are kept", value=Conversation.objects.count()
        )
        tokens = ModelUse.objects.filter(day=self._now.date()).aggregate(all=Sum("tokens"))["all"] or 0
        yield GaugeMetricFamily(
            "ticketsite_assistant_model_tokens", "tokens of the language model used today, in UTC", value=tokens
        )

    def _durations(self) -> Metric:
        took = list(Turn.objects.filter(at__gt=self._now - SPAN).values_list("took_ms", flat=True))
        buckets = [(str(limit / 1000), float(sum(each <= limit for each in took))) for limit in BUCKETS_MS]
        durations = HistogramMetricFamily(
            "ticketsite_assistant_answer_seconds", "from the question to its answer, in the last hour"
        )
        durations.add_metric([], [*buckets, ("+Inf", float(len(took)))], sum(took) / 1000)
        return durations
