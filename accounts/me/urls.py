"""Addresses of one's own account in REST."""

from django.urls import path

from . import credentials, devices, personal_data, profile, second_step

urlpatterns = [
    path("me/", profile.MeView.as_view(), name="me"),
    path("me/passengers/", profile.PassengersView.as_view(), name="passengers"),
    path("me/passengers/<int:passenger_id>/", profile.PassengerView.as_view(), name="passenger"),
    path("me/devices/", devices.DevicesView.as_view(), name="devices"),
    path("me/devices/this/", devices.ThisDeviceView.as_view(), name="this_device"),
    path("me/devices/<int:device_id>/", devices.DeviceView.as_view(), name="device"),
    path("me/email/", credentials.AddressView.as_view(), name="change_address"),
    path("me/email/confirm/", credentials.ConfirmAddressView.as_view(), name="confirm_change_of_address"),
    path("me/password/", credentials.PasswordView.as_view(), name="change_password"),
    path("password-reset/", credentials.ForgottenView.as_view(), name="forget_password"),
    path("password-reset/confirm/", credentials.ResetView.as_view(), name="reset_password"),
    path("me/second-step/", second_step.SecondStepView.as_view(), name="second_step"),
    path("me/second-step/authenticator/", second_step.AuthenticatorView.as_view(), name="set_up_authenticator"),
    path(
        "me/second-step/authenticator/confirm/",
        second_step.ConfirmAuthenticatorView.as_view(),
        name="confirm_authenticator",
    ),
    path(
        "me/second-step/authenticator/remove/",
        second_step.RemoveAuthenticatorView.as_view(),
        name="remove_authenticator",
    ),
    path("me/second-step/recovery-codes/", second_step.RecoveryCodesView.as_view(), name="recovery_codes"),
    path("me/export/", personal_data.ExportView.as_view(), name="export"),
    path("me/erasure/", personal_data.ErasureView.as_view(), name="erasure"),
]
