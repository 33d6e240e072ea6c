"""Addresses of the shop: searching, seat maps, holding, my bookings. Sockets: booking/live/routes.py."""

from django.urls import path

from booking.pages import (
    best_seats,
    catalogue,
    check_in,
    orders,
    passengers,
    seat_changes,
    seat_maps,
    seat_plans,
    tickets,
    waiting,
    waiting_room,
)

app_name = "booking"

urlpatterns = [
    path("", catalogue.home, name="home"),
    path("trains/", catalogue.trips, name="trips"),
    path("trains/<int:departure_id>/<slug:origin>/<slug:destination>/", seat_maps.departure, name="departure"),
    path("shows/", catalogue.shows, name="shows"),
    path("shows/<slug:slug>/", catalogue.show, name="show"),
    path("performances/<int:performance_id>/", seat_maps.performance, name="performance"),
    path("seat-plans/<slug:digest>/", seat_plans.seat_plan, name="seat_plan"),
    path("seat-list/", seat_maps.look_at, name="look_at"),
    path("seats-instead/", seat_maps.instead, name="instead"),
    path("hold/", orders.hold, name="hold"),
    path("hold/best/", best_seats.hold_best, name="hold_best"),
    path("hold/with-a-change/", seat_changes.hold_with_a_change, name="hold_with_a_change"),
    path("waiting-list/", waiting.join, name="join_waiting_list"),
    path("waiting-list/<uuid:entry_id>/leave/", waiting.leave, name="leave_waiting_list"),
    path("waiting-room/<slug:inventory_id>/", waiting_room.room, name="waiting_room"),
    path("waiting-room/<slug:inventory_id>/join/", waiting_room.join, name="join_waiting_room"),
    path("waiting-room/<slug:inventory_id>/leave/", waiting_room.leave, name="leave_waiting_room"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<slug:reference>/", orders.order, name="order"),
    path("orders/<slug:reference>/passengers/", passengers.name_passengers, name="name_passengers"),
    path("orders/<slug:reference>/release/", orders.release, name="release"),
    path("orders/<slug:reference>/tickets/", tickets.tickets, name="tickets"),
    path("orders/<slug:reference>/tickets.pdf", tickets.pdf, name="tickets_pdf"),
    path("orders/<slug:reference>/calendar.ics", tickets.calendar, name="tickets_calendar"),
    path("check-in/", check_in.choose_entrance, name="check_in"),
    path("check-in/<slug:inventory_id>/", check_in.entrance, name="entrance"),
    path("check-in/<slug:inventory_id>/list.csv", check_in.guest_list, name="guest_list"),
    path("check-in/<slug:inventory_id>/undo/<int:admission_id>/", check_in.undo, name="undo_check_in"),
]
