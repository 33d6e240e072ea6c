"""Where is the assistant's socket? Apart from its pages, which the process of sockets need not load."""

from django.urls import path

from .consumers import AssistantConsumer

websocket_urlpatterns = [path("ws/assistant/", AssistantConsumer.as_asgi())]
