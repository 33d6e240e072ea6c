"""Addresses of the shop: searching, seat maps, holding, my bookings; and the live seat map's socket."""

from django.urls import path

from booking import best_views, check_in_views, order_views, seat_change_views, ticket_views, views, waiting_views
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
    path("hold/best/", best_views.hold_best, name="hold_best"),
    path("hold/with-a-change/", seat_change_views.hold_with_a_change, name="hold_with_a_change"),
    path("waiting-list/", waiting_views.join, name="join_waiting_list"),
    path("waiting-list/<uuid:entry_id>/leave/", waiting_views.leave, name="leave_waiting_list"),
    path("orders/", order_views.orders, name="orders"),
    path("orders/<slug:reference>/", order_views.order, name="order"),
    path("orders/<slug:reference>/release/", order_views.release, name="release"),
    path("orders/<slug:reference>/tickets/", ticket_views.tickets, name="tickets"),
    path("orders/<slug:reference>/tickets.pdf", ticket_views.pdf, name="tickets_pdf"),
    path("orders/<slug:reference>/calendar.ics", ticket_views.calendar, name="tickets_calendar"),
    path("check-in/", check_in_views.choose_entrance, name="check_in"),
    path("check-in/<slug:inventory_id>/", check_in_views.entrance, name="entrance"),
    path("check-in/<slug:inventory_id>/list.csv", check_in_views.guest_list, name="guest_list"),
    path("check-in/<slug:inventory_id>/undo/<int:admission_id>/", check_in_views.undo, name="undo_check_in"),
]

websocket_urlpatterns = [
    path("ws/seat-maps/<slug:inventory_id>/", SeatMapConsumer.as_asgi()),
]
