"""What a customer can do on pages can be done by REST: a table, which pages that come later have to enter."""

import json
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

# By the name of a page: the operations that do the same, or, in one sentence, why there are none.
BY_REST: dict[str, list[str] | str] = {
    # Looking around
    "booking:home": ["places", "shows"],
    "booking:trips": ["trips"],
    "booking:departure": ["trip", "seat_map", "seat_map_availability"],
    "booking:shows": ["shows"],
    "booking:show": ["show", "performances"],
    "booking:performance": ["performance", "seat_map", "seat_map_availability"],
    "booking:seat_plan": ["seat_map"],
    "booking:look_at": ["seat_map"],
    "booking:instead": ["seats_instead"],
    # Buying
    "booking:hold": ["be_a_guest", "hold_seats"],
    "booking:hold_best": ["hold_seats"],
    "booking:hold_with_a_change": ["trip", "hold_seats"],
    "booking:join_waiting_list": ["join_waiting_list"],
    "booking:leave_waiting_list": ["leave_waiting_list"],
    "booking:waiting_room": ["waiting_room"],
    "booking:join_waiting_room": ["join_waiting_room"],
    "booking:leave_waiting_room": ["leave_waiting_room"],
    "booking:name_passengers": ["name_passengers", "save_passenger"],
    "booking:release": ["release_hold"],
    "payments:pay": ["payment_methods", "pay"],
    "payments:waiting": ["payment"],
    "payments:give_up": ["give_payment_up"],
    "payments:late_offer": ["late_offer", "accept_late_offer", "decline_late_offer"],
    "payments:sandbox_step": "The bank's page, which an app opens at `action_url` as a browser does.",
    "payments:back_to_app": ["pay", "exchange"],
    "payments:webhook": "For gateways, not for customers.",
    # What was bought
    "booking:orders": ["orders", "waiting_list"],
    "booking:order": ["order", "hold"],
    "booking:tickets": ["tickets", "passes"],
    "booking:tickets_pdf": ["tickets_pdf"],
    "booking:tickets_calendar": ["tickets_calendar"],
    "payments:history": ["payments"],
    "payments:cancel": ["make_refund_offer", "cancel_order"],
    "payments:exchange": ["trips", "performances"],
    "payments:exchange_seats": ["offer_exchange", "exchange"],
    # At the entrance
    "booking:check_in": "An entrance is known by its inventory, which its scanner is set up with.",
    "booking:entrance": ["check_in"],
    "booking:guest_list": ["guests"],
    "booking:undo_check_in": ["undo_check_in"],
    # Accounts
    "account_signup": ["register"],
    "account_login": ["log_in"],
    "account_logout": ["log_out"],
    "account_inactive": "A page that says why nobody was let in; REST says it with the refusal.",
    "account_email_verification_sent": ["confirm_address", "confirm_change_of_address"],
    "account_confirm_login_code": "Nobody is sent a code to log in with; allauth has the page all the same.",
    "account_email": ["change_address", "confirm_change_of_address"],
    "account_change_password": ["change_password"],
    "account_set_password": "Every account has a password.",
    "account_reset_password": ["forget_password"],
    "account_reset_password_done": "A page that says that a mail was sent; REST answers 202.",
    "account_reset_password_from_key": ["reset_password"],
    "account_reset_password_from_key_done": "A page that says that it was done; REST answers 204.",
    "account_reauthenticate": "What asks for the password takes it with the request.",
    "account_profile": ["me", "change_profile"],
    "account_passengers": ["passengers", "save_passenger"],
    "account_remove_passenger": ["forget_passenger"],
    "account_personal_data": ["erasure"],
    "account_export": ["export"],
    "account_erase": ["erasure", "erase"],
    "guest_link": ["be_a_guest"],
    "usersessions_list": ["devices", "log_device_out", "log_out_others"],
    "mfa_index": ["second_step"],
    "mfa_authenticate": ["log_in"],
    "mfa_reauthenticate": "What asks for the code takes it with the request.",
    "mfa_activate_totp": ["set_up_authenticator", "confirm_authenticator"],
    "mfa_deactivate_totp": ["remove_authenticator"],
    "mfa_view_recovery_codes": "They are shown when they are made, and never again.",
    "mfa_download_recovery_codes": "They are shown when they are made, and never again.",
    "mfa_generate_recovery_codes": ["new_recovery_codes"],
    # Who is told of one's orders
    "partners:agreements": ["partner_agreements"],
    "partners:agreement": ["agree_with_partner"],
    "partners:withdraw": ["withdraw_from_partner"],
    "partners:keys": ["become_partner", "api_keys", "make_api_key"],
    "partners:revoke_key": ["revoke_api_key"],
    # And what is the browser's own
    "set_language": ["change_profile"],
    "assistant:ask": ["assistant_ask"],
}
BROWSERS_OWN = ("mfa_list_webauthn", "mfa_add_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn")
BROWSERS_OWN += ("mfa_login_webauthn", "mfa_reauthenticate_webauthn")
BY_REST |= dict.fromkeys(BROWSERS_OWN, "Passkeys belong to the site's name, and are added and used in a browser.")

NO_PAGES = ("admin/", "api/", "mailbox/", "favicon", "healthz")


def names_of_pages(patterns=None, space: str = "") -> Iterator[str]:
    for each in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(each, URLResolver):
            inner = f"{space}{each.namespace}:" if each.namespace else space
            if not str(each.pattern).startswith(NO_PAGES):
                yield from names_of_pages(each.url_patterns, inner)
        elif isinstance(each, URLPattern) and not str(each.pattern).startswith(NO_PAGES):
            yield f"{space}{each.name}"


@pytest.fixture(scope="module")
def operations() -> set[str]:
    schema = json.loads(APIClient().get("/api/v1/schema/", {"format": "json"}).content)
    return {operation["operationId"] for path in schema["paths"].values() for operation in path.values()}


def test_each_page_has_its_operations_or_a_reason_why_it_has_none():
    pages = set(names_of_pages())
    assert {"pages without a line": pages - BY_REST.keys(), "lines without a page": BY_REST.keys() - pages} == {
        "pages without a line": set(),
        "lines without a page": set(),
    }


def test_each_operation_of_the_table_exists(operations):
    named = {operation for by in BY_REST.values() if isinstance(by, list) for operation in by}
    assert named <= operations, named - operations
