"""Where do sockets lead? Apart from the pages' addresses, so that a process that serves sockets need not load pages."""

from django.urls import path

from booking.live.consumers import LineConsumer, SeatMapConsumer

websocket_urlpatterns = [
    path("ws/seat-maps/<slug:inventory_id>/", SeatMapConsumer.as_asgi()),
    path("ws/waiting-rooms/<slug:inventory_id>/", LineConsumer.as_asgi()),
]
