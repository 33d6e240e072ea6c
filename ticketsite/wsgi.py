"""What runs pages and REST in production: `gunicorn --config deploy/gunicorn.conf.py ticketsite.wsgi:application`.

Sockets and streams are ticketsite/asgi.py's; deploy/nginx.conf puts both behind one address.
"""

import os
from importlib import import_module

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketsite.settings")
# The server's threads stay, and so do their connections to the database (ticketsite/settings.py).
os.environ.setdefault("DATABASE_CONNECTION_PER_THREAD", "1")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from .patience import Patience

# As long as ticketsite/asgi.py lets a request wait.
PATIENCE_S = 15

site = get_wsgi_application()
# All that pages and REST need, before somebody waits for it (deploy/gunicorn.conf.py keeps it as it is then).
import_module(settings.ROOT_URLCONF)
application = Patience(site, patience_s=PATIENCE_S, open_paths=frozenset({"/healthz"}))
