import time, cProfile, pstats
import pytest
from booking.tests.test_api_rush import *
from concurrent.futures import ThreadPoolExecutor
@pytest.mark.django_db(transaction=True)
def test_seq(seat_store):
    show = a_performance_on_sale()
    tokens = [issue_tokens(user=a_customer()).access for _ in range(100)]
    def buy(token):
        t=time.time()
        a = APIClient().post("/api/v1/holds/", {"inventory": show.pk, "seats": ["A-1"]}, format="json", headers={"Authorization": f"Bearer {token}"})
        return time.time()-t
    buy(tokens[0])
    pr = cProfile.Profile(); pr.enable()
    ts=[buy(t) for t in tokens[:50]]
    pr.disable()
    print("SEQ mean", sum(ts)/50, max(ts))
    pstats.Stats(pr).sort_stats("tottime").print_stats(14)
    def b2(t):
        r=buy(t); 
        return r
    for n in (2,8,24):
        t=time.time()
        with ThreadPoolExecutor(n) as p: list(p.map(b2, tokens))
        print("THREADS", n, (time.time()-t)/100)
