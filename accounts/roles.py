"""What may each role of the back office do? The table below, kept as Django's groups.

A role is named here by words (see, add, change, delete) and models; docs/roles.md says the same for people, and a test
keeps the two alike. After every migration the groups are made what the table says: whoever needs another mixture makes
a group with another name.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import AppConfig
from django.apps import apps as every_app
from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.utils.translation import gettext_noop

SEE, ADD, WRITE = "see", "see add change", "see add change delete"
# How Django names in permissions what the table calls by shorter words.
_VERBS = {"see": "view", "add": "add", "change": "change", "delete": "delete"}


@dataclass(frozen=True, slots=True)
class Role:
    """`models` says by label ("booking.order") what may be done with rows; `special` are permissions of their own."""

    does: str
    models: Mapping[str, str]
    special: tuple[str, ...] = field(default=())

    def permissions(self) -> Iterator[str]:
        """As has_perm takes them, such as "booking.view_order"."""
        for label, words in self.models.items():
            app, model = label.split(".")
            yield from (f"{app}.{_VERBS[word]}_{model}" for word in words.split())
        yield from self.special


def _all(words: str, app: str, models: str) -> dict[str, str]:
    return {f"{app}.{model}": words for model in models.split()}


_TRAINS = "station seatclass coachlayout train stop coach departure"
_CARRIERS = "carrier passengertype servicecalendar calendarexception stationfare zonefare"
_SHOWS = "venue hall pricezone hallrow standingarea show performance performanceprice"
_POLICIES = "refundpolicy refundstep"
_SALE = "waitingroom"
_CATALOGUE = f"{_CARRIERS} {_TRAINS} {_SHOWS} {_POLICIES} {_SALE}"
_ORDERS = "order orderpart orderseat orderevent waitingentry lateoffer"
_HOUSE = "seatblock seatmove"
_ENTRANCE = "ticket admission outgoingmail"
_CHECK_IN = "booking.check_in"
_MONEY = "payment refund webhookevent finding"
_BOOKS = "ledgerentry ledgerposting"
_SETTLE = "payments.settle_finding"
_PARTNERS = "agreement webhookendpoint webhookmessage"

ROLES: Mapping[str, Role] = {
    gettext_noop("Box office"): Role(
        "helps customers at the counter, on the phone and at the entrance: looks up orders, blocks seats, "
        "moves customers, lets people in",
        {
            **_all(SEE, "booking", f"{_CATALOGUE} inventory {_ORDERS} {_ENTRANCE}"),
            **_all(ADD, "booking", _HOUSE),
            **_all(SEE, "payments", _MONEY),
        },
        special=(_CHECK_IN,),
    ),
    gettext_noop("Catalogue editor"): Role(
        "decides what is for sale, when and at what price; sees no customer",
        {**_all(WRITE, "booking", _CATALOGUE), **_all(SEE, "booking", "inventory")},
    ),
    gettext_noop("Finance"): Role(
        "follows the money; changes nothing that is for sale",
        {
            **_all(SEE, "booking", f"{_CATALOGUE} inventory {_ORDERS} {_HOUSE}"),
            **_all(SEE, "payments", f"{_MONEY} {_BOOKS}"),
        },
        special=(_SETTLE,),
    ),
    gettext_noop("Administrator"): Role(
        "everything that the other roles may, and decides who has which",
        {
            **_all(WRITE, "booking", _CATALOGUE),
            **_all(SEE, "booking", f"inventory {_ORDERS} {_ENTRANCE}"),
            **_all(ADD, "booking", _HOUSE),
            **_all(SEE, "payments", f"{_MONEY} {_BOOKS}"),
            **_all(ADD, "partners", "partner apikey"),
            **_all(SEE, "partners", _PARTNERS),
            **_all("see change", "partners", "webhookdelivery untoldstep"),
            **_all(WRITE, "accounts", "user"),
            **_all(WRITE, "auth", "group"),
            **_all(SEE, "admin", "logentry"),
        },
        special=(_CHECK_IN, _SETTLE),
    ),
}


def grant_roles(app_config: AppConfig, using: str, apps: Apps = every_app, **_: Any) -> None:
    """After an app was migrated, give each role what the table says of its models, and take the rest of them away."""
    wanted = {name: set(_of_app(role, app_config.label)) for name, role in ROLES.items()}
    if not any(wanted.values()):
        return
    # Whichever is told first of the migration, Django's own maker of permissions or this.
    create_permissions(app_config, verbosity=0, using=using, apps=apps)
    try:
        groups, permissions = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    except LookupError:
        # Somebody migrated to a state before there were any.
        return
    groups.objects.using(using).bulk_create([groups(name=name) for name in ROLES], ignore_conflicts=True)
    role_of = dict(groups.objects.using(using).filter(name__in=ROLES).values_list("pk", "name"))
    of_app = permissions.objects.using(using).filter(content_type__app_label=app_config.label)
    codenames = dict(of_app.values_list("pk", "codename"))
    grants = groups.permissions.through.objects.using(using)
    has = set(grants.filter(group__in=role_of, permission__in=codenames).values_list("group_id", "permission_id"))
    may = {(group, pk) for group, name in role_of.items() for pk, code in codenames.items() if code in wanted[name]}
    grants.bulk_create([grants.model(group_id=group, permission_id=pk) for group, pk in may - has])
    for group, pk in has - may:
        grants.filter(group_id=group, permission_id=pk).delete()


def _of_app(role: Role, app_label: str) -> Iterator[str]:
    for name in role.permissions():
        app, codename = name.split(".")
        if app == app_label:
            yield codename


def is_role(names: Iterable[str]) -> bool:
    """Whether any of these groups lets somebody do anything in the back office."""
    return any(name in ROLES for name in names)
