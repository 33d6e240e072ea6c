"""Addresses of one's own account, beside those that allauth has."""

from django.urls import path

from accounts import pages

urlpatterns = [
    path("", pages.profile, name="account_profile"),
    path("passengers/", pages.passengers, name="account_passengers"),
    path("passengers/<int:passenger_id>/remove/", pages.remove_passenger, name="account_remove_passenger"),
    path("data/", pages.personal_data, name="account_personal_data"),
    path("data/ticketsite.zip", pages.export, name="account_export"),
    path("data/erase/", pages.erase_account, name="account_erase"),
    path("guest/<str:token>/", pages.guest_link, name="guest_link"),
]
