"""Waiting rooms, for programs of those who decide it: have one before a run or performance, change it, close it."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.asked import Asked
from accounts.openapi import problems
from accounts.permissions import person_of
from booking.models import Inventory, WaitingRoom
from booking.waiting_room.planning import have_room
from booking.waiting_room.rooms import close_room


class RoomWantedSerializer(Asked):
    opens_at = serializers.DateTimeField(help_text="Whoever is there by then is put in an order by lot.")
    most_per_minute = serializers.IntegerField(
        min_value=1, max_value=60_000, default=300, help_text="So many are let in at most."
    )
    admission_minutes = serializers.IntegerField(
        min_value=1, max_value=60, default=10, help_text="How long somebody who was let in may choose seats."
    )


class RoomPlanSerializer(serializers.Serializer):
    inventory = serializers.CharField(source="inventory_id")
    opens_at = serializers.DateTimeField()
    most_per_minute = serializers.IntegerField()
    admission_minutes = serializers.IntegerField()
    state = serializers.ChoiceField(choices=WaitingRoom.State.choices)
    last_error = serializers.CharField(allow_blank=True)


class MayPlanRooms(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        verbs = ("view",) if request.method in ("GET", "HEAD", "OPTIONS") else ("add", "change")
        may = [f"booking.{verb}_waitingroom" for verb in verbs]
        return bool(request.user and request.user.is_staff and request.user.has_perms(may))


class RoomPlanView(APIView):
    permission_classes = (IsAuthenticated, MayPlanRooms)

    @extend_schema(
        operation_id="waiting_room_plan",
        tags=["catalogue"],
        responses={200: RoomPlanSerializer, **problems("permission-denied", "not-found")},
    )
    def get(self, request: Request, inventory: str) -> Response:
        """The waiting room before an inventory, as whoever planned it sees it."""
        return Response(RoomPlanSerializer(_room(inventory)).data)

    @extend_schema(
        operation_id="plan_waiting_room",
        tags=["catalogue"],
        request=RoomWantedSerializer,
        responses={200: RoomPlanSerializer, **problems("permission-denied", "not-found", "waiting-room-refused")},
    )
    def put(self, request: Request, inventory: str) -> Response:
        """Have people wait before an inventory, or change that. One that has opened keeps its time."""
        given = RoomWantedSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        before = get_object_or_404(Inventory, pk=inventory)
        room = have_room(inventory=before, who=person_of(request), **given.validated_data)
        return Response(RoomPlanSerializer(room).data)

    @extend_schema(
        operation_id="close_waiting_room",
        tags=["catalogue"],
        responses={200: RoomPlanSerializer, **problems("permission-denied", "not-found")},
    )
    def delete(self, request: Request, inventory: str) -> Response:
        """Nobody has to wait any more: it is `closing` until the seat store knows."""
        room = _room(inventory)
        close_room(room=room)
        return Response(RoomPlanSerializer(room).data)


def _room(inventory: str) -> WaitingRoom:
    return get_object_or_404(WaitingRoom, inventory=inventory)
