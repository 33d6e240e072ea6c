"""How is the site? Whether seats can be sold now, and which node of the store leads; for clients that show it."""

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from booking import seatstore
from booking.placing.clusters import clusters
from booking.remembering import remembered


class NodeSerializer(serializers.Serializer):
    node = serializers.IntegerField(help_text="0 if it does not answer, and no other node says which it is.")
    role = serializers.CharField(allow_blank=True, help_text="As it sees itself; empty if it does not answer.")
    leads = serializers.BooleanField()


class StoreSerializer(serializers.Serializer):
    cluster = serializers.CharField()
    leader = serializers.IntegerField(allow_null=True, help_text="The node that leads; null while nobody does.")
    nodes = NodeSerializer(many=True)


class StatusSerializer(serializers.Serializer):
    can_book = serializers.BooleanField(help_text="Whether every store has a leader, so that seats can be sold.")
    time = serializers.DateTimeField()
    stores = StoreSerializer(many=True)


class StatusView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="status", tags=["status"], responses={200: StatusSerializer})
    def get(self, request: Request) -> Response:
        """Whether seats can be sold now, and which nodes of the seat store answer; at most a second old."""
        stores = []
        for cluster in clusters():
            nodes = _nodes(cluster)
            leader = next((node.node for node in nodes if node.leads), None)
            stores.append({"cluster": cluster, "leader": leader, "nodes": nodes})
        answer = {
            "can_book": all(store["leader"] is not None for store in stores),
            "time": timezone.now(),
            "stores": stores,
        }
        return Response(StatusSerializer(answer).data, headers={"Cache-Control": "no-store"})


@remembered
def _nodes(cluster: str) -> list[seatstore.StoreNode]:
    return seatstore.nodes(cluster=cluster)


urlpatterns = [path("status/", StatusView.as_view(), name="status")]
