"""Three hundred customers want one seat at the same moment: one gets it, the others are told so, nobody gets a 500."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from rest_framework.test import APIClient

from accounts.tokens import issue_tokens
from booking import seatstore
from booking.models import Order
from booking.tests.selling import a_customer, a_performance_on_sale

CUSTOMERS = 300
AT_ONCE = 24  # as many as the site's door lets work at the same time; the others wait in line


@pytest.mark.django_db(transaction=True)
def test_of_three_hundred_customers_at_once_exactly_one_gets_the_seat(seat_store):
    show = a_performance_on_sale()
    tokens = [issue_tokens(user=a_customer()).access for _ in range(CUSTOMERS)]
    site = APIClient()  # one for all, as there is one site: each would load every middleware anew
    site.get("/api/v1/me/")

    def buy(token: str) -> tuple[int, str, list[str]]:
        try:
            answer = site.post(
                "/api/v1/holds/",
                {"inventory": show.pk, "seats": ["A-1"]},
                format="json",
                headers={"Authorization": f"Bearer {token}"},
            )
            return answer.status_code, answer.json().get("code", ""), answer.json()["seats"]
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        answers = list(crowd.map(buy, tokens))
    assert Counter((status, code) for status, code, _ in answers) == {(201, ""): 1, (409, "seats-taken"): 299}
    assert {tuple(seats) for *_, seats in answers} == {("A-1",)}
    statuses = Counter(Order.objects.values_list("status", flat=True))
    assert statuses == {Order.Status.AWAITING_PAYMENT: 1, Order.Status.CANCELLED: 299}
    assert seatstore.availability(show.pk).held == {"A-1": 1}
