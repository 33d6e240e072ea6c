"""The site without its memory, so that its view asks the database and the store for every availability.

`uvicorn benchmarks.peers.availability_view:application`
"""

from ticketsite import asgi

application = asgi.http
