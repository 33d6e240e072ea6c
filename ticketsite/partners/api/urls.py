"""Addresses of the REST interface for partners."""

from django.urls import path

from ticketsite.partners.api import agreements, keys, webhooks

urlpatterns = [
    path("partner/", keys.PartnerView.as_view(), name="partner"),
    path("api-keys/", keys.KeysView.as_view(), name="api_keys"),
    path("api-keys/<uuid:key_id>/", keys.KeyView.as_view(), name="api_key"),
    path("webhook-endpoints/", webhooks.EndpointsView.as_view(), name="webhook_endpoints"),
    path("webhook-endpoints/<uuid:endpoint_id>/", webhooks.EndpointView.as_view(), name="webhook_endpoint"),
    path("webhook-endpoints/<uuid:endpoint_id>/enable/", webhooks.EnableView.as_view(), name="webhook_enable"),
    path("webhook-endpoints/<uuid:endpoint_id>/secret/", webhooks.SecretView.as_view(), name="webhook_secret"),
    path("webhook-endpoints/<uuid:endpoint_id>/test/", webhooks.TestView.as_view(), name="webhook_test"),
    path("webhook-endpoints/<uuid:endpoint_id>/replay/", webhooks.ReplayView.as_view(), name="webhook_replay"),
    path("webhook-deliveries/", webhooks.DeliveriesView.as_view(), name="webhook_deliveries"),
    path("webhook-deliveries/<uuid:delivery_id>/", webhooks.DeliveryView.as_view(), name="webhook_delivery"),
    path(
        "webhook-deliveries/<uuid:delivery_id>/replay/",
        webhooks.ReplayDeliveryView.as_view(),
        name="webhook_delivery_replay",
    ),
    path("agreements/", agreements.AgreementsView.as_view(), name="agreements"),
    path("agreements/<uuid:partner_id>/", agreements.AgreementView.as_view(), name="agreement"),
]
