"""Is there a page, for customers or in the back office, on which somebody who reads no English meets English?

Each page is asked for in English and in the other languages; a text that is the same in two of them, and is neither a
name nor a word that both have, was forgotten.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone, translation

from accounts.models import User
from booking.models import Inventory, Order, Train
from booking.services import hold_seats
from booking.tests.selling import a_customer, a_performance_on_sale, a_train_on_sale
from payments.services import cancel_order, pay_order
from payments.tests.paying import GOOD
from ticketsite.tests.reading import left_over, names_in_the_database
from ticketsite.tests.test_office_lists import a_row_of_each

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seat_store")]

OTHERS = [code for code, _ in settings.LANGUAGES if code != "en"]
# Marks of firms and formats, and what Django's own templates say in no language but English.
_NOBODYS = set(
    "ticketsite django english deutsch csv xlsx totp webauthn authenticator true false none null search".split()
)
_GERMAN = (
    "administration authenticator cluster code codes export filter genre import name nov partner passkey passkeys "
    "plan position status system ticket tickets version zone"
)
# Beside those, words that the language has in common with English.
SAME_IN = {"de": _NOBODYS | set(_GERMAN.split()), "hi": _NOBODYS}


@pytest.fixture(autouse=True)
def next_test_is_in_english() -> Iterator[None]:
    """A thread that answered somebody stays in their language until it answers the next."""
    yield
    translation.deactivate()


@pytest.fixture
def customer() -> User:
    return a_customer("asha@example.com")


@pytest.fixture
def boss() -> User:
    return User.objects.create_superuser("boss@example.com", "secret-of-the-boss")


def left_on(pages: Iterable[str], browser: Client) -> dict[str, list[str]]:
    """By language and address what is left in English. An address that leads elsewhere has nothing to read."""
    names = names_in_the_database()
    found = {}
    for address in pages:
        english = browser.get(address, headers={"Accept-Language": "en"})
        if english.status_code >= 300 and english.status_code != 404:
            continue
        for language in OTHERS:
            page = browser.get(address, headers={"Accept-Language": language})
            assert page.headers["Content-Language"] == language, address
            if left := left_over(english.text, page.text, names=names, same=SAME_IN[language]):
                found[f"{language} {address}"] = left
    return found


def _without_arguments() -> Iterator[str]:
    """Every page of the site whose address names nothing."""
    return _addresses("/", get_resolver().url_patterns)


def _addresses(prefix: str, patterns: list) -> Iterator[str]:
    for pattern in patterns:
        route = str(pattern.pattern)
        address = prefix + route.removeprefix("^").removesuffix("$").removesuffix("\\Z")
        if any(sign in route for sign in "<(?") or address.startswith(("/api/", "/admin/")):
            continue
        if isinstance(pattern, URLPattern):
            yield address
        else:
            yield from _addresses(address, pattern.url_patterns)


def test_customers_meet_no_english_on_pages_in_another_language(client, customer):
    train, show = a_train_on_sale(), a_performance_on_sale()
    orders = [
        hold_seats(customer=customer, inventory=show, seats=["A-1"], first_leg=0, end_leg=1, request_id="held"),
        hold_seats(customer=customer, inventory=train, seats=["C1-1"], first_leg=0, end_leg=2, request_id="paid"),
        hold_seats(customer=customer, inventory=show, seats=["B-1"], first_leg=0, end_leg=1, request_id="back"),
    ]
    held, paid, cancelled = orders
    for order in (paid, cancelled):
        pay_order(order=order, method=GOOD, request_id=order.reference)
    cancel_order(order=cancelled, seats=[], request_id="c", now=timezone.now())
    departure = train.departure
    there = [
        *(reverse("booking:order", args=[order.reference]) for order in orders),
        reverse("payments:pay", args=[held.reference]),
        reverse("booking:tickets", args=[paid.reference]),
        reverse("payments:cancel", args=[paid.reference]),
        reverse("payments:exchange", args=[paid.reference]),
        reverse("booking:show", args=[show.performance.show.slug]),
        reverse("booking:performance", args=[show.performance.pk]),
        reverse("booking:departure", args=[departure.pk, "AAA", "CCC"]),
        f"{reverse('booking:trips')}?from=AAA&to=CCC&date={departure.date}",
        f"{reverse('booking:trips')}?from=Nowhere&to=AAA&date=x",
        "/nothing-here/",
    ]
    anonymous = left_on(_without_arguments(), Client())
    client.force_login(customer)
    found = anonymous | left_on([*_without_arguments(), *there], client)
    assert found == {}


def test_whoever_works_here_meets_no_english_in_the_back_office_in_another_language(client, boss):
    a_performance_on_sale(starts_at=timezone.now() + timedelta(hours=2))
    a_row_of_each(boss, 1)
    client.force_login(boss)
    found = left_on(_office_pages(), client)
    assert found == {}


def _office_pages() -> Iterator[str]:
    yield reverse("admin:index")
    yield reverse("booking:check_in")
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        row = model._default_manager.first()
        if row is not None:
            yield reverse(f"{name}_change", args=[row.pk])
    # These are alike for all that have them.
    yield reverse("admin:accounts_user_add")
    for page in ("add", "import", "export", "progress"):
        yield reverse(f"admin:booking_performance_{page}")
    yield reverse("admin:booking_train_history", args=[Train.objects.latest("pk").pk])
    yield reverse("admin:booking_order_history", args=[Order.objects.latest("pk").pk])
    inventory = Inventory.objects.filter(state=Inventory.State.OPEN).latest("opened_at")
    for page in ("seats", "sales"):
        yield reverse(f"admin:booking_inventory_{page}", args=[inventory.pk])
    yield reverse("booking:entrance", args=[inventory.pk])
    yield reverse("admin:hall_plan", args=[inventory.performance.hall_id])
