"""The site's settings, with Channels' in-memory layer."""

from ticketsite.settings import *  # noqa: F403

CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
