"""Addresses of one's own account, beside those that allauth has."""

from django.urls import path

from accounts import pages

urlpatterns = [
    path("guest/<str:token>/", pages.guest_link, name="guest_link"),
]
