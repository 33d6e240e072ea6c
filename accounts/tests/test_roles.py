"""Each role may do what docs/roles.md says, and nothing else; nobody makes themselves more than they are."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from accounts.roles import ROLES

pytestmark = pytest.mark.django_db

DOCUMENT = settings.BASE_DIR / "docs" / "roles.md"


def granted(role):
    found = Permission.objects.filter(group__name=role).values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in found}


def a_person(role, **more):
    person = User.objects.create(email=f"{role.lower().replace(' ', '.')}@example.com", is_staff=True, **more)
    person.groups.add(Group.objects.get(name=role))
    return person


def words_of(role, label):
    """ "see add" as the document writes them: no words are a dash."""
    return ROLES[role].models.get(label, "").replace(" ", ", ") or "–"


def table_of(roles):
    labels = sorted({label for role in roles.values() for label in role.models})
    lines = [f"| | {' | '.join(roles)} |", f"|---|{'---|' * len(roles)}"]
    for label in labels:
        name = apps.get_model(label)._meta.verbose_name_plural
        lines.append(f"| {name} | {' | '.join(words_of(role, label) for role in roles)} |")
    for permission in sorted({each for role in roles.values() for each in role.special}):
        app, codename = permission.split(".")
        name = Permission.objects.get(content_type__app_label=app, codename=codename).name
        lines.append(f"| {name} | {' | '.join('yes' if permission in r.special else '–' for r in roles.values())} |")
    return "\n".join(lines)


def test_the_document_says_what_each_role_may_do():
    found = re.search(r"^\| \|.*?(?=\n\n|\Z)", Path(DOCUMENT).read_text(), re.MULTILINE | re.DOTALL)
    assert found
    assert found[0].strip() == table_of(ROLES)


def test_the_document_says_what_each_role_is_for():
    text = Path(DOCUMENT).read_text()
    assert [name for name, role in ROLES.items() if f"**{name}** {role.does}." not in text] == []


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_the_permissions_of_the_table_and_no_others(role):
    assert granted(role) == set(ROLES[role].permissions())


def test_what_was_added_to_a_role_by_hand_is_taken_away_by_the_next_migration():
    box_office = Group.objects.get(name="Box office")
    box_office.permissions.add(Permission.objects.get(codename="delete_order"))
    box_office.permissions.remove(Permission.objects.get(codename="view_order"))
    call_command("migrate", verbosity=0)
    assert granted("Box office") == set(ROLES["Box office"].permissions())


def test_a_role_is_given_only_to_whom_the_office_lets_in(client):
    client.force_login(User.objects.create_superuser("boss@example.com", "secret-of-the-boss"))
    person = User.objects.create(email="ada@example.com", password="!")
    data = {"email": person.email, "groups": [Group.objects.get(name="Finance").pk], "is_active": "on"}
    address = reverse("admin:accounts_user_change", args=[person.pk])
    assert "must be let into the back office" in client.post(address, data).content.decode()
    assert client.post(address, {**data, "is_staff": "on"}).status_code == 302
    assert person.groups.get().name == "Finance"


def test_an_administrator_makes_nobody_a_superuser_and_touches_none(client):
    boss = User.objects.create_superuser("boss@example.com", "secret-of-the-boss")
    administrator = a_person("Administrator")
    client.force_login(administrator)
    own = reverse("admin:accounts_user_change", args=[administrator.pk])
    data = {"email": administrator.email, "is_staff": "on", "is_active": "on", "is_superuser": "on",
            "user_permissions": [Permission.objects.get(codename="delete_order").pk],
            "groups": [group.pk for group in administrator.groups.all()]}  # fmt: skip
    assert client.post(own, data).status_code == 302
    administrator.refresh_from_db()
    assert not administrator.is_superuser
    assert not administrator.user_permissions.exists()
    assert client.post(reverse("admin:accounts_user_change", args=[boss.pk]), data).status_code == 403
    assert client.get(reverse("admin:auth_user_password_change", args=[boss.pk])).status_code == 403
    assert client.post(reverse("admin:accounts_user_delete", args=[boss.pk]), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    ("role", "open_pages", "closed_pages"),
    [
        (
            "Box office",
            ["booking_order", "booking_departure", "booking_waitingentry", "payments_payment"],
            ["accounts_user", "auth_group"],
        ),
        (
            "Catalogue editor",
            ["booking_train", "booking_performance"],
            ["booking_order", "booking_waitingentry", "payments_payment"],
        ),
        ("Finance", ["booking_order", "booking_waitingentry", "payments_refund"], ["accounts_user"]),
        ("Administrator", ["accounts_user", "auth_group", "booking_order", "payments_payment"], []),
    ],
)
def test_a_role_opens_its_pages_only(client, role, open_pages, closed_pages):
    client.force_login(a_person(role))
    answers = {name: client.get(reverse(f"admin:{name}_changelist")).status_code for name in open_pages + closed_pages}
    assert answers == {**dict.fromkeys(open_pages, 200), **dict.fromkeys(closed_pages, 403)}


def test_the_box_office_changes_no_catalogue(client):
    client.force_login(a_person("Box office"))
    assert client.get(reverse("admin:booking_station_add")).status_code == 403
    client.force_login(a_person("Catalogue editor"))
    assert client.get(reverse("admin:booking_station_add")).status_code == 200


def test_roles_and_permissions_have_names_in_the_readers_language(client):
    boss = User.objects.create_superuser("boss@example.com", "secret-of-the-boss")
    clerk = a_person("Box office")
    client.force_login(boss)
    german = {"headers": {"Accept-Language": "de"}}
    page = client.get(reverse("admin:accounts_user_change", args=[clerk.pk]), **german).text
    people = client.get(reverse("admin:accounts_user_changelist"), **german).text
    roles = client.get(reverse("admin:auth_group_changelist"), **german).text
    role = client.get(reverse("admin:auth_group_change", args=[clerk.groups.get().pk]), **german).text
    translation.deactivate()
    assert [name for name in ROLES for shown in (people, roles) if f">{name}<" in shown] == []
    assert ">Kasse<" in people
    assert ">Kasse<" in roles
    assert "Bestellungen: ansehen" in page
    assert "Bestellungen: ansehen" in role
    assert [shown for shown in ("Can view", "Can admit") if shown in page + role] == []
