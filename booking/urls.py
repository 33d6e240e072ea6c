"""Addresses of the shop: searching, seat maps, holding, my bookings; and the live seat map's socket."""

from django.urls import path

from booking import order_views, views
from booking.live.consumers import SeatMapConsumer

app_name = "booking"

urlpatterns = [
    path("", views.home, name="home"),
    path("trains/", views.trips, name="trips"),
    path("trains/<int:departure_id>/<slug:origin>/<slug:destination>/", views.departure, name="departure"),
    path("shows/", views.shows, name="shows"),
    path("shows/<slug:slug>/", views.show, name="show"),
    path("performances/<int:performance_id>/", views.performance, name="performance"),
    path("hold/", order_views.hold, name="hold"),
    path("orders/", order_views.orders, name="orders"),
    path("orders/<slug:reference>/", order_views.order, name="order"),
    path("orders/<slug:reference>/release/", order_views.release, name="release"),
]

websocket_urlpatterns = [
    path("ws/seat-maps/<slug:inventory_id>/", SeatMapConsumer.as_asgi()),
]
