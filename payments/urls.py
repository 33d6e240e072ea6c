"""Addresses of paying and of getting money back, and those that gateways and banks come to."""

from django.urls import path

from payments import cancel_views, gateway_views, views

app_name = "payments"

urlpatterns = [
    path("history/", views.history, name="history"),
    path("webhooks/<slug:gateway>/", gateway_views.webhook, name="webhook"),
    path("sandbox/<slug:reference>/", gateway_views.sandbox_step, name="sandbox_step"),
    path("<slug:reference>/", views.pay, name="pay"),
    path("<slug:reference>/waiting/", views.waiting, name="waiting"),
    path("<slug:reference>/give-up/", views.give_up, name="give_up"),
    path("<slug:reference>/cancel/", cancel_views.cancel, name="cancel"),
]
