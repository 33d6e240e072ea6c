"""The peer of a request that holds a seat: a view of Django REST framework that does nothing, on the same server."""
