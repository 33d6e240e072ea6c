"""Nobody sees or changes what is another's by guessing its id: every operation that REST has is tried.

A new operation has no case here, and fails, until somebody says whose things it shows.
"""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from accounts.models import SavedPassenger, User
from accounts.tokens import issue_tokens
from assistant.conversations import begin
from booking import seatstore
from booking.models import LateOffer, Order
from booking.services import join_waiting_list
from booking.tests.selling import a_customer, a_held_order, a_train_on_sale
from booking.tickets.check_in import admit
from booking.tickets.showing import good_tickets
from payments.services import pay_order
from payments.tests.late import a_payment_that_waits, arrives, expire, take, the_bank_says_yes
from payments.tests.paying import GOOD
from ticketsite.partners.keys import become_partner, make_key
from ticketsite.partners.webhooks.endpoints import add_endpoint, send_test

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

CARD = {"number": "4242424242424242", "exp_month": 12, "exp_year": timezone.now().year + 2, "cvc": "123"}
ROOMS = ("accounts", "booking", "payments", "partners", "assistant")

# Whose things an operation shows. Parts of a path that name somebody's own: whoever else asks is told 404.
OWNED = {"order_id", "hold_id", "payment_id", "entry_id", "key_id", "endpoint_id", "delivery_id", "conversation_id"}
OWNED |= {"device_id", "passenger_id"}
# The same to everybody.
PUBLIC = {
    "places",
    "trips",
    "trip",
    "shows",
    "show",
    "performances",
    "performance",
    "seat_map",
    "seat_map_availability",
}
PUBLIC |= {"ticket_keys", "status", "waiting_room_draw", "payment_methods", "seats_instead"}
# Nobody is known yet, or what is shown proves who asks.
AT_THE_DOOR = {"register", "confirm_address", "log_in", "refresh_token"}
AT_THE_DOOR |= {"be_a_guest", "forget_password", "reset_password"}
# About whoever asks, and whose ids are nobody else's business.
ABOUT_THE_ASKER = {"me", "orders", "payments", "waiting_list", "join_waiting_list", "hold_seats", "assistant_ask"}
ABOUT_THE_ASKER |= {"waiting_room", "join_waiting_room", "leave_waiting_room"}
ABOUT_THE_ASKER |= {
    "partner",
    "become_partner",
    "api_keys",
    "make_api_key",
    "webhook_endpoints",
    "add_webhook_endpoint",
}
ABOUT_THE_ASKER |= {"webhook_deliveries", "partner_agreements", "agree_with_partner", "withdraw_from_partner"}
ABOUT_THE_ASKER |= {"change_profile", "passengers", "save_passenger", "devices", "log_out", "log_out_others"}
ABOUT_THE_ASKER |= {"change_address", "confirm_change_of_address", "change_password", "export", "erasure", "erase"}
ABOUT_THE_ASKER |= {"second_step", "set_up_authenticator", "confirm_authenticator", "remove_authenticator"}
ABOUT_THE_ASKER |= {"new_recovery_codes", "conversations"}
# What is another's stands in the body.
OWNED_IN_BODY = {"pay"}
STAFF_ONLY = {"guests", "check_in", "undo_check_in", "delay_departure", "cancel_departure"}
STAFF_ONLY |= {f"{verb}_sale" for verb in ("put_performance_on", "take_performance_off")}
STAFF_ONLY |= {f"{verb}_sale" for verb in ("put_departure_on", "take_departure_off")}
STAFF_ONLY |= {"waiting_room_plan", "plan_waiting_room", "close_waiting_room"}
STAFF_LISTS = ("catalogue_", "write_catalogue_", "delete_catalogue_")


@dataclass(frozen=True)
class Belongings:
    """What one customer has: an order with a ticket, one that is held, one with a late offer, a place in a line."""

    owner: User
    paid: Order
    held: Order
    late: Order
    ids: dict[str, Any]
    bodies: dict[str, dict[str, Any]]

    def path_of(self, path: str, operation: str) -> str:
        ids = self.ids | ({"order_id": self.late.pk} if "late_offer" in operation else {})
        return path.format(**ids)

    def secrets(self) -> set[str]:
        orders = (self.paid, self.held, self.late)
        # Short numbers stand in any answer.
        named = {str(self.ids[name]) for name in OWNED if not isinstance(self.ids[name], int)}
        named |= {order.reference for order in orders}
        return named | {str(order.pk) for order in orders} | {self.owner.email}


def an_order_with_a_late_offer(owner: User) -> Order:
    order = a_held_order(seats=("A-1", "A-2"), customer=owner)
    payment = a_payment_that_waits(order)
    expire(order)
    take(order, "A-1")
    the_bank_says_yes()
    arrives(payment)
    assert LateOffer.objects.filter(order=order).exists()
    return order


@pytest.fixture
def belongings() -> Belongings:
    owner = a_customer("owner-of-all-this@example.com")
    late = an_order_with_a_late_offer(owner)
    paid, held, used = (a_held_order(customer=owner) for _ in range(3))
    payment = pay_order(order=paid, method=GOOD, request_id=uuid4().hex)
    pay_order(order=used, method=GOOD, request_id=uuid4().hex)
    train = a_train_on_sale()
    entry = join_waiting_list(
        customer=owner, inventory=train, first_leg=0, end_leg=1, zone="", count=1, now=timezone.now()
    )
    show, ticket = used.parts.get().inventory, good_tickets(used)[0]
    admission = admit(text=ticket.code, inventory=show, by=a_customer(), request_id=uuid4().hex, now=timezone.now())
    paid_inventory = paid.parts.get().inventory
    partner = become_partner(account=owner, name="Reise AG")
    endpoint = add_endpoint(partner=partner, url="https://hooks.example.com/", is_sandbox=True).endpoint
    issue_tokens(user=owner)
    device = UserSession.objects.get(user=owner)
    wanted = {"part": 1, "inventory": paid_inventory.pk, "seats": ["A-3", "A-4"]}
    return Belongings(
        owner,
        paid,
        held,
        late,
        ids={
            "order_id": paid.pk,
            "hold_id": held.parts.get().hold_id,
            "payment_id": payment.pk,
            "entry_id": entry.pk,
            "check_in_id": admission.pk,
            "device_id": device.pk,
            "conversation_id": begin(person=owner, now=timezone.now())[0].pk,
            "passenger_id": SavedPassenger.objects.create(person=owner, name="Asha Rao").pk,
            "partner_id": partner.pk,
            "key_id": make_key(partner=partner, label="Till", is_sandbox=True).row.pk,
            "endpoint_id": endpoint.pk,
            "delivery_id": send_test(endpoint=endpoint, now=timezone.now()).pk,
            "inventory": paid_inventory.pk,
            "slug": paid_inventory.performance.show.slug,
            "performance_id": paid_inventory.performance.pk,
            "departure_id": train.departure.pk,
            # Of any list of the catalogue.
            "row_id": paid_inventory.performance.pk,
        },
        bodies={
            "pay": {"order": str(held.pk), "card": CARD},
            "cancel_order": {},
            "make_refund_offer": {},
            "offer_exchange": wanted,
            "exchange": wanted | {"card": CARD},
            "hold_seats": {"inventory": paid_inventory.pk, "seats": ["A-1"]},
            "join_waiting_list": {"inventory": train.pk, "legs": {"first": 1, "last": 1}, "count": 1},
            "assistant_ask": {"message": f"What is in booking {paid.reference} of mine?"},
            "name_passengers": {"passengers": [{"seat": "A-1", "name": "Asha Rao"}]},
            "replay_webhooks": {"since": timezone.now().isoformat()},
            "guests": {"inventory": show.pk},
            "check_in": {"inventory": show.pk, "ticket": ticket.code},
        },
    )


def operations() -> list[tuple[str, str, str, set[str]]]:
    """(method, path, operation, names of what is in its path), looking before changing and changing before ending."""
    found = []
    for path, methods in SchemaGenerator().get_schema(request=None, public=True)["paths"].items():
        for method, operation in methods.items():
            in_path = {asked["name"] for asked in operation.get("parameters", ()) if asked["in"] == "path"}
            found.append((method, path, operation["operationId"], in_path))
    return sorted(found, key=lambda of: ("get", "post", "put", "patch", "delete").index(of[0]))


def is_for_staff(name: str) -> bool:
    return name in STAFF_ONLY or name.startswith(STAFF_LISTS)


def client_of(person: User | None) -> APIClient:
    api = APIClient()
    if person is not None:
        api.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(user=person).access}")
    return api


def ask(asker: User | None, method: str, path: str, name: str, belongings: Belongings) -> Any:
    sent = belongings.bodies.get(name, {})
    in_query = method == "get"
    return getattr(client_of(asker), method)(
        belongings.path_of(path, name), sent, **({} if in_query else {"format": "json"})
    )


def everything(before: dict[str, dict[Any, Any]] | None = None) -> dict[str, dict[Any, Any]]:
    """Every row of our rooms; of those that were there before only."""
    rows = {
        model._meta.label: {row[model._meta.pk.attname]: row for row in model._base_manager.values()}
        for room in ROOMS
        for model in apps.get_app_config(room).get_models()
    }
    if before is None:
        return rows
    return {label: {pk: rows[label].get(pk) for pk in known} for label, known in before.items()}


def holds_of(belongings: Belongings) -> list[tuple[str, tuple[str, ...]]]:
    """What the store says of its seats."""
    parts = (*belongings.paid.parts.all(), *belongings.held.parts.all())
    found = [seatstore.hold(str(part.hold_id)) for part in parts]
    return [(hold.state, hold.seats) for hold in found]


def test_every_operation_says_whose_things_it_shows():
    known = PUBLIC | AT_THE_DOOR | ABOUT_THE_ASKER | OWNED_IN_BODY
    unknown = [
        name for _, _, name, in_path in operations() if not (name in known or is_for_staff(name) or in_path & OWNED)
    ]
    assert not unknown, f"Say in this file whose things these show: {unknown}"


def test_what_is_one_customers_is_neither_seen_nor_changed_by_another_or_by_nobody(belongings):
    rows, holds = everything(), holds_of(belongings)
    stranger = a_customer()
    become_partner(account=stranger, name="Whoever")
    for method, path, name, in_path in operations():
        if name in PUBLIC | AT_THE_DOOR:
            continue
        for asker, expected in (
            (stranger, 403 if is_for_staff(name) else 404),
            (None, 404 if "conversation_id" in in_path else 401),
        ):
            answer = ask(asker, method, path, name, belongings)
            said = f"{method} {path} as {asker or 'nobody'}: {answer.status_code} {answer.content[:300]!r}"
            assert answer.status_code < 500 if name in ABOUT_THE_ASKER else answer.status_code == expected, said
            told = {secret for secret in belongings.secrets() if secret in answer.content.decode()}
            assert not told - set(str(belongings.bodies.get(name)).split()), said
    assert everything(rows) == rows
    assert holds_of(belongings) == holds


def test_its_owner_reaches_all_of_it(belongings):
    """So that a 404 above means that it is another's, and not that the test asks for what is not there."""
    for method, path, name, in_path in operations():
        if in_path & OWNED or name in OWNED_IN_BODY:
            answer = ask(belongings.owner, method, path, name, belongings)
            assert answer.status_code not in (400, 401, 403, 404), f"{method} {path}: {answer.content!r}"
