"""Addresses of paying and of getting money back, and those that gateways and banks come to."""

from django.urls import path

from payments.pages import cancelling, exchanging, gateways, late_offers, paying

app_name = "payments"

urlpatterns = [
    path("history/", paying.history, name="history"),
    path("app/", gateways.back_to_app, name="back_to_app"),
    path("webhooks/<slug:gateway>/", gateways.webhook, name="webhook"),
    path("sandbox/<slug:reference>/", gateways.sandbox_step, name="sandbox_step"),
    path("<slug:reference>/", paying.pay, name="pay"),
    path("<slug:reference>/waiting/", paying.waiting, name="waiting"),
    path("<slug:reference>/give-up/", paying.give_up, name="give_up"),
    path("<slug:reference>/other-seats/", late_offers.answer, name="late_offer"),
    path("<slug:reference>/cancel/", cancelling.cancel, name="cancel"),
    path("<slug:reference>/exchange/", exchanging.choose_run, name="exchange"),
    path("<slug:reference>/exchange/<int:position>/<slug:run>/", exchanging.choose_seats, name="exchange_seats"),
]
