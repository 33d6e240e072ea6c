"""The catalogue's rows are shown to programs in exactly the types that the description says."""

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from booking.api.editing import LISTS
from booking.tests.selling import a_performance_on_sale, a_train_on_sale
from ticketsite.schema import description
from ticketsite.tests.described import faults_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]


def test_each_list_is_answered_as_it_is_described():
    a_train_on_sale()
    a_performance_on_sale()
    api = APIClient()
    api.force_authenticate(User.objects.create_superuser("boss@example.com"))
    faults, shown = {}, set()
    for name in LISTS:
        address = f"/api/v1/catalogue/{name}/"
        answer = api.get(address).json()
        described = description()["paths"][address]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        faults[name] = faults_in(answer, described)
        shown |= {name} if answer["results"] else set()
    assert {name: said for name, said in faults.items() if said} == {}
    assert shown >= {
        "carriers",
        "stations",
        "trains",
        "stops",
        "coaches",
        "departures",
        "halls",
        "shows",
        "performances",
    }
