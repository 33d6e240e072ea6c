"""How is a partner told what became of an order? By signed HTTP requests, as Standard Webhooks describes them.

    a step of an order, with its row of history ─► a message for each partner who follows it ─► a delivery for each
    of the partner's addresses ─► attempts, later and later, until one is answered with 2xx

`outbox.py` writes messages and deliveries, `delivering.py` brings them, through `sending.py`, which trusts no address
(`addresses.py`) and signs what it sends (`signing.py`); `endpoints.py` is what a partner says about its addresses.
"""
