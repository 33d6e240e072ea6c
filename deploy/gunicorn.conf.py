"""How do the processes run that serve pages and REST? Settings of gunicorn; each has its reason.

gunicorn --config deploy/gunicorn.conf.py --bind unix:/run/ticketsite/http.sock ticketsite.wsgi:application
"""

import gc
import os
import sys


def _count(name: str, default: int) -> int:
    said = os.environ.get(name) or str(default)
    if not said.isdecimal() or int(said) < 1:
        sys.exit(f'{name} is "{said}": set it to a whole number from 1, or leave it out.')
    return int(said)


# Threads, because a request waits for the database and the seat store, and because the requests of one process share
# the frames of its one stream to the store. More processes than cores would share less and gain nothing.
workers = _count("WEB_WORKERS", os.cpu_count() or 1)
worker_class = "gthread"
threads = _count("WEB_THREADS", 12)

# Not loaded before the fork: gRPC, threads and connections to the database do not survive one.
preload_app = False

# The line outside is bounded by the proxy (deploy/nginx.conf); these only have to be as long.
worker_connections = 512
backlog = 512

# Longer than the proxy keeps a connection that is not in use, so that it is never us who close one being used.
keepalive = 75

# A worker that says nothing for so long hangs, and is replaced; one that is told to stop finishes what it has.
timeout = 30
graceful_timeout = 10

# Operators send signals; nobody needs another way in.
control_socket_disable = True


def post_worker_init(worker: object) -> None:
    """What was loaded stays: without this, collecting garbage would walk through it over and over."""
    gc.collect()
    gc.freeze()
