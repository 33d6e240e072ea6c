"""What runs the site: `uvicorn ticketsite.asgi:application --lifespan off`. Pages, REST and live seat maps."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketsite.settings")

from django.core.asgi import get_asgi_application

# Fills the app registry, which everything below needs.
http = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator

from booking.urls import websocket_urlpatterns

from .admission import Admission

# Each request in flight has a thread, and writers to SQLite queue up anyway. The line outside is as long as what two
# cores work off while a client is willing to wait.
IN_FLIGHT = 24
WAITING = 512
PATIENCE_S = 15

application = ProtocolTypeRouter(
    {
        "http": Admission(
            http, in_flight=IN_FLIGHT, waiting=WAITING, patience_s=PATIENCE_S, open_paths=frozenset({"/healthz"})
        ),
        # A seat map is public, so no session is looked at; but only our own pages may open the socket.
        "websocket": AllowedHostsOriginValidator(URLRouter(websocket_urlpatterns)),
    }
)
