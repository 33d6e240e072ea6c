"""Waiting rooms, for programs: is there one, where am I in the line, and was the order what the seed makes it?"""

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.asked import Asked
from accounts.openapi import problems
from booking import seatstore
from booking.api.throttles import JoinThrottle
from booking.models import WaitingRoom
from booking.waiting_room import proof, visitors


class PlaceInLineSerializer(serializers.Serializer):
    """`place` never changes; it is 0 until the room opens. `ahead` is how many are before you at most."""

    state = serializers.ChoiceField(choices=["absent", "waiting", "admitted"])
    place = serializers.IntegerField()
    ahead = serializers.IntegerField()
    admitted_until = serializers.DateTimeField(allow_null=True)


class ProofSerializer(serializers.Serializer):
    """To join, send `challenge` back with an `answer`: a text of up to 20 characters for which the SHA-256 of
    `challenge.answer` begins with `bits` zero bits. Or without one, `wait_s` seconds after you got it.
    """

    challenge = serializers.CharField()
    bits = serializers.IntegerField()
    wait_s = serializers.IntegerField()


class WaitingRoomSerializer(serializers.Serializer):
    """`seed` is null until the room opens. Who has place p has at most `p - front` before him."""

    inventory = serializers.CharField()
    state = serializers.ChoiceField(choices=WaitingRoom.State.choices)
    gathers_at = serializers.DateTimeField()
    opens_at = serializers.DateTimeField()
    commitment = serializers.CharField(help_text="SHA-256 of the seed, in hexadecimal, from before anybody came.")
    seed = serializers.CharField(allow_null=True)
    waiting = serializers.IntegerField()
    front = serializers.IntegerField()
    per_minute = serializers.FloatField(help_text="How many are let in a minute just now.")
    you = PlaceInLineSerializer()
    proof = ProofSerializer(allow_null=True, help_text="What joining takes; null for whoever need not or cannot join.")


class JoinSerializer(Asked):
    challenge = serializers.CharField(max_length=200)
    answer = serializers.CharField(max_length=20, required=False, default="", allow_blank=True)


class DrawQuerySerializer(serializers.Serializer):
    after = serializers.IntegerField(
        min_value=0, max_value=1 << 31, default=0, help_text="The last place that you have."
    )


class DrawnSerializer(serializers.Serializer):
    """`arrival`: the how-manieth to join. The id is nobody's name; only its owner's pages show it to him."""

    place = serializers.IntegerField()
    arrival = serializers.IntegerField()
    visitor = serializers.CharField()


class DrawSerializer(serializers.Serializer):
    """Those who were there when the room opened; ask again with `after` of the last place until none come."""

    commitment = serializers.CharField()
    seed = serializers.CharField(allow_null=True)
    drawn = DrawnSerializer(many=True)


class WaitingRoomView(APIView):
    permission_classes = (IsAuthenticatedOrReadOnly,)

    def get_throttles(self):
        return [*super().get_throttles(), *([JoinThrottle()] if self.request.method == "POST" else [])]

    @extend_schema(
        operation_id="waiting_room",
        tags=["orders"],
        responses={200: WaitingRoomSerializer, **problems("not-found", "store-unavailable")},
    )
    def get(self, request: Request, inventory: str) -> Response:
        """The waiting room before an inventory, and where you are in it."""
        room = _room(inventory)
        ids = _ids(request, inventory)
        return Response(_shown(visitors.visit(room=room, ids=ids), ids))

    @extend_schema(
        operation_id="join_waiting_room",
        tags=["orders"],
        request=JoinSerializer,
        responses={
            200: WaitingRoomSerializer,
            **problems(
                "not-found",
                "waiting-room-not-yet",
                "proof-needed",
                "waiting-room-full",
                "store-unavailable",
                "outcome-unknown",
            ),
        },
    )
    def post(self, request: Request, inventory: str) -> Response:
        """Take a place in the line. Who has one keeps it."""
        given = JoinSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        room = _room(inventory)
        ids = _ids(request, inventory)
        return Response(_shown(visitors.join(room=room, ids=ids, **given.validated_data, now=timezone.now()), ids))

    @extend_schema(
        operation_id="leave_waiting_room",
        tags=["orders"],
        responses={204: None, **problems("not-found", "store-unavailable", "outcome-unknown")},
    )
    def delete(self, request: Request, inventory: str) -> Response:
        """Give your place up, or your turn."""
        visitors.leave(room=_room(inventory), ids=_ids(request, inventory))
        return Response(status=204)


class DrawView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="waiting_room_draw",
        tags=["orders"],
        parameters=[DrawQuerySerializer],
        responses={200: DrawSerializer, **problems("not-found", "store-unavailable")},
    )
    def get(self, request: Request, inventory: str) -> Response:
        """The order that the seed gave, for everybody to check: 1,000 places at a time."""
        room = _room(inventory)
        given = DrawQuerySerializer(data=request.query_params)
        given.is_valid(raise_exception=True)
        after = given.validated_data["after"]
        drawn = seatstore.draw_page(inventory, after=after, limit=0, cluster=room.inventory.cluster)
        seed = room.seed if drawn else None
        body = {"commitment": room.commitment, "seed": seed, "drawn": [of._asdict() for of in drawn]}
        return Response(DrawSerializer(body).data)


def _room(inventory: str) -> WaitingRoom:
    room = WaitingRoom.objects.select_related("inventory").filter(inventory=inventory).first()
    if room is None:
        raise Http404(_("Nobody waits before this inventory."))
    return room


def _ids(request: Request, inventory: str) -> list[str]:
    """A page's own script comes with its visitor's session, a program with its account or as its guest."""
    browser = visitors.browser_of(getattr(request._request, "session", {}), make=False)
    return visitors.visitor_ids(inventory, user=request.user, browser=browser)


def _shown(visit: visitors.Visit, ids: list[str]) -> dict[str, object]:
    room, gate, place = visit.room, visit.gate, visit.place
    asks = ids and not (place.is_admitted or place.is_waiting)
    body = {
        "inventory": room.inventory_id,
        "state": room.state,
        "gathers_at": room.gathers_at,
        "opens_at": room.opens_at,
        "commitment": room.commitment,
        "seed": gate.seed or None if gate else None,
        "waiting": gate.waiting if gate else 0,
        "front": gate.front if gate else 0,
        "per_minute": room.per_minute,
        "you": {
            "state": place.state,
            "place": place.place,
            "ahead": visit.ahead,
            "admitted_until": place.admitted_until,
        },
        "proof": {
            "challenge": proof.challenge_for(ids[0], now=timezone.now()),
            "bits": proof.DIFFICULTY_BITS,
            "wait_s": int(proof.DELAY.total_seconds()),
        }
        if asks
        else None,
    }
    return dict(WaitingRoomSerializer(body).data)
