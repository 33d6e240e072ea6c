"""The live map as Channels' documentation shows a broadcast: a group of its in-memory layer for each inventory."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.peers.channel_layer.settings"
