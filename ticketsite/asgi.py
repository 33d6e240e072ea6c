"""What runs the site: `uvicorn ticketsite.asgi:application --lifespan off`. Pages, REST and live seat maps."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketsite.settings")

from django.core.asgi import get_asgi_application

# Fills the app registry, which everything below needs.
http = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings

from assistant.routes import websocket_urlpatterns as assistants_sockets
from booking.live.availability_app import AvailabilityFromMemory
from booking.live.routes import websocket_urlpatterns as live_sockets

from .admission import Admission
from .asgi_types import Application
from .open_files import allow_open_files
from .served_files import ServedFiles
from .sockets import Sockets, own_pages_and_programs

# Each request in flight has a thread, and writers to SQLite queue up anyway. The line outside is as long as what two
# cores work off while a client is willing to wait.
IN_FLIGHT = 24
WAITING = 512
PATIENCE_S = 15
# The largest forms are the operator's, with the plans of coaches and the rows of halls.
BODY_LIMIT_BYTES = 1024 * 1024
BODY_PATIENCE_S = 10
SOCKETS = 4_000
# Requests that are worked on or wait, with what they open.
OTHER_FILES = 1_000

allow_open_files(SOCKETS + OTHER_FILES)

# What is answered from memory takes no place inside and need not wait for one.
pages_and_rest: Application = AvailabilityFromMemory(
    Admission(
        http,
        in_flight=IN_FLIGHT,
        waiting=WAITING,
        patience_s=PATIENCE_S,
        body_limit_bytes=BODY_LIMIT_BYTES,
        body_patience_s=BODY_PATIENCE_S,
        open_paths=frozenset({"/healthz"}),
    )
)
if not settings.PRODUCTION:
    # There the proxy serves them (deploy/nginx.conf).
    pages_and_rest = ServedFiles(pages_and_rest, prefix=settings.STATIC_URL)

application = ProtocolTypeRouter(
    {
        "http": pages_and_rest,
        # A seat map is public, so no session is looked at; but of all pages only our own may open a socket.
        "websocket": Sockets(
            own_pages_and_programs(URLRouter([*live_sockets, *assistants_sockets])),
            limit=SOCKETS,
            limit_per_address=settings.SOCKETS_PER_ADDRESS,
            proxies=settings.NUM_PROXIES,
        ),
    }
)
