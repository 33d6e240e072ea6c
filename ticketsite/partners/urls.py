"""Addresses of the pages about partners."""

from django.urls import path

from ticketsite.partners import views

app_name = "partners"

urlpatterns = [
    path("", views.agreements, name="agreements"),
    path("keys/", views.keys, name="keys"),
    path("keys/<uuid:key_id>/revoke/", views.revoke, name="revoke_key"),
    path("<uuid:partner_id>/", views.agreement, name="agreement"),
    path("<uuid:partner_id>/withdraw/", views.withdraw_agreement, name="withdraw"),
]
