"""Addresses of the REST interface to what is for sale and who has it."""

from django.urls import path

from booking.api import (
    catalogue,
    editing,
    orders,
    passes,
    removing,
    seat_maps,
    selling,
    tickets,
    waiting,
    waiting_room_plans,
    waiting_rooms,
)

urlpatterns = [
    path("places/", catalogue.PlacesView.as_view(), name="places"),
    path("trips/", catalogue.TripsView.as_view(), name="trips"),
    path("trips/<int:departure_id>/", catalogue.TripView.as_view(), name="trip"),
    path("shows/", catalogue.ShowsView.as_view(), name="shows"),
    path("shows/<slug:slug>/", catalogue.ShowView.as_view(), name="show"),
    path("performances/", catalogue.PerformancesView.as_view(), name="performances"),
    path("performances/<int:performance_id>/", catalogue.PerformanceView.as_view(), name="performance"),
    path("seat-maps/<str:inventory>/", seat_maps.SeatMapView.as_view(), name="seat_map"),
    path("seat-maps/<str:inventory>/availability/", seat_maps.AvailabilityView.as_view(), name="availability"),
    path("seat-maps/<str:inventory>/instead/", seat_maps.InsteadView.as_view(), name="seats_instead"),
    path("holds/", orders.HoldsView.as_view(), name="holds"),
    path("orders/<uuid:order_id>/refund-offers/", orders.RefundOffersView.as_view(), name="refund-offers"),
    path("holds/<uuid:hold_id>/", orders.HoldView.as_view(), name="hold"),
    path("waiting-list/", waiting.WaitingListView.as_view(), name="waiting_list"),
    path("waiting-list/<uuid:entry_id>/", waiting.WaitingEntryView.as_view(), name="waiting_entry"),
    path("waiting-rooms/<str:inventory>/", waiting_rooms.WaitingRoomView.as_view(), name="waiting_room"),
    path("waiting-rooms/<str:inventory>/draw/", waiting_rooms.DrawView.as_view(), name="waiting_room_draw"),
    path("orders/", orders.OrdersView.as_view(), name="orders"),
    path("orders/<uuid:order_id>/", orders.OrderView.as_view(), name="order"),
    path("orders/<uuid:order_id>/passengers/", orders.PassengersOfOrderView.as_view(), name="name_passengers"),
    path("orders/<uuid:order_id>/passes/", passes.PassesView.as_view(), name="passes"),
    path("orders/<uuid:order_id>/tickets/", tickets.TicketsView.as_view(), name="tickets"),
    path("orders/<uuid:order_id>/tickets.pdf", tickets.TicketPdfView.as_view(), name="tickets_pdf"),
    path("orders/<uuid:order_id>/calendar.ics", tickets.CalendarView.as_view(), name="tickets_calendar"),
    path("ticket-keys/", tickets.TicketKeysView.as_view(), name="ticket_keys"),
    path("check-ins/", tickets.CheckInsView.as_view(), name="check_ins"),
    path("check-ins/<int:check_in_id>/", tickets.CheckInView.as_view(), name="check_in"),
    *(path(f"catalogue/{name}/", view.as_view(), name=f"catalogue_{name}") for name, view in editing.VIEWS.items()),
    path(
        "catalogue/waiting-rooms/<str:inventory>/",
        waiting_room_plans.RoomPlanView.as_view(),
        name="waiting_room_plan",
    ),
    *(
        path(f"catalogue/{name}/<int:row_id>/", view.as_view(), name=f"catalogue_{name}_row")
        for name, view in removing.ROW_VIEWS.items()
    ),
    path(
        "catalogue/performances/<int:performance_id>/sale/",
        selling.PerformanceSaleView.as_view(),
        name="performance_sale",
    ),
    path("catalogue/departures/<int:departure_id>/sale/", selling.DepartureSaleView.as_view(), name="departure_sale"),
    path("catalogue/departures/<int:departure_id>/delay/", selling.DelayView.as_view(), name="departure_delay"),
    path(
        "catalogue/departures/<int:departure_id>/cancellation/",
        selling.CancellationView.as_view(),
        name="departure_cancellation",
    ),
]
