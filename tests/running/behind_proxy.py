"""`python -m raftstore`, but connecting to other nodes through the proxy that the environment names (links.py).

A node ignores such settings by itself: they are meant for the web, and would send its messages astray.
"""

import sys

from raftstore.__main__ import main
from raftstore.transport.channels import CHANNEL_OPTIONS

if __name__ == "__main__":
    CHANNEL_OPTIONS.remove(("grpc.enable_http_proxy", 0))
    sys.exit(main())
