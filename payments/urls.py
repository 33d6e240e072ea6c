"""Addresses of paying and of getting money back."""

from django.urls import path

from payments import views

app_name = "payments"

urlpatterns = [
    path("<slug:reference>/", views.pay, name="pay"),
    path("<slug:reference>/cancel/", views.cancel, name="cancel"),
]
