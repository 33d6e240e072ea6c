"""Partners in the back office: who sells with a program of their own, by which keys, and what they were told."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from booking.admin.reading import ReadOnlyAdmin, ReadOnlyInline
from booking.errors import DomainError
from ticketsite.partners.keys import approve_partner, become_partner, check_may_have_key, make_key, revoke_key
from ticketsite.partners.models import (
    Agreement,
    ApiKey,
    Partner,
    UntoldStep,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookMessage,
)
from ticketsite.partners.webhooks.endpoints import replay_delivery
from ticketsite.partners.webhooks.outbox import tell_once_more


class EndpointInline(ReadOnlyInline):
    model = WebhookEndpoint
    fields = ("url", "is_sandbox", "created_at", "failing_since", "disabled_at")


@admin.register(Partner)
class PartnerAdmin(admin.ModelAdmin):
    list_display = ("name", "account", "approved_at", "created_at")
    list_filter = (("approved_at", admin.EmptyFieldListFilter),)
    list_select_related = ("account",)
    search_fields = ("name", "account__email")
    autocomplete_fields = ("account",)
    fields = ("name", "account", "approved_at", "created_at")
    inlines = (EndpointInline,)
    actions = ("approve",)

    def get_readonly_fields(self, request: HttpRequest, obj: Partner | None = None) -> tuple[str, ...]:
        return ("approved_at", "created_at", *(("account",) if obj else ()))

    def has_delete_permission(self, request: HttpRequest, obj: Partner | None = None) -> bool:
        """Orders of its sandbox stay."""
        return False

    def save_model(self, request: HttpRequest, obj: Partner, form: ModelForm, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        made = become_partner(account=obj.account, name=obj.name)
        obj.pk, obj.sandbox, obj.created_at = made.pk, made.sandbox, made.created_at
        obj._state.adding = False

    @admin.action(description=gettext_lazy("Approve: keys for real money"), permissions=["change"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Partner]) -> None:
        for partner in queryset:
            approve_partner(partner=partner, now=timezone.now())
            self.log_change(request, partner, "Approved.")
        messages.success(request, _("They may make keys for real money."))


class KeyForm(ModelForm):
    class Meta:
        model = ApiKey
        fields = ("partner", "label", "is_sandbox")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if partner := cleaned.get("partner"):
            try:
                check_may_have_key(partner=partner, is_sandbox=cleaned.get("is_sandbox", False))
            except DomainError as error:
                raise ValidationError(str(error)) from error
        return cleaned


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin):
    form = KeyForm
    list_display = ("prefix", "partner", "label", "is_sandbox", "created_at", "last_used_at", "revoked_at")
    list_filter = ("is_sandbox", ("revoked_at", admin.EmptyFieldListFilter))
    list_select_related = ("partner",)
    search_fields = ("prefix", "label", "partner__name")
    autocomplete_fields = ("partner",)
    actions = ("revoke",)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Whoever does not say otherwise gets a key that touches no money."""
        return {"is_sandbox": True, **super().get_changeform_initial_data(request)}

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """A key is made and revoked, never changed."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ApiKey, form: ModelForm, change: bool) -> None:
        new = make_key(partner=obj.partner, label=obj.label, is_sandbox=obj.is_sandbox)
        for field in ApiKey._meta.concrete_fields:
            setattr(obj, field.attname, getattr(new.row, field.attname))
        obj._state.adding = False
        messages.warning(request, _("The key, which is shown this once: %(key)s") % {"key": new.secret})

    @admin.action(description=gettext_lazy("Revoke"), permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        for key in queryset:
            revoke_key(key=key, now=timezone.now())
            self.log_change(request, key, "Revoked.")
        messages.success(request, _("Nobody gets in with them any more."))


@admin.register(Agreement)
class AgreementAdmin(ReadOnlyAdmin):
    list_display = ("partner", "customer", "agreed_at")
    list_select_related = ("partner", "customer")
    search_fields = ("partner__name", "customer__email")


class DeliveryInline(ReadOnlyInline):
    model = WebhookDelivery
    fields = ("endpoint", "state", "attempts", "attempted_at", "status", "error")


@admin.register(WebhookMessage)
class WebhookMessageAdmin(ReadOnlyAdmin):
    list_display = ("kind", "partner", "order", "number", "is_sandbox", "created_at")
    list_filter = ("kind", "is_sandbox", "created_at")
    list_select_related = ("partner", "order")
    search_fields = ("partner__name", "order__reference")
    inlines = (DeliveryInline,)


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    list_display = ("message", "endpoint", "state", "attempts", "attempted_at", "status", "error")
    list_filter = ("state", "endpoint__is_sandbox")
    list_select_related = ("message", "endpoint")
    search_fields = ("endpoint__partner__name", "endpoint__url", "message__order__reference")
    actions = ("send_once_more",)

    @admin.action(description=gettext_lazy("Send once more"), permissions=["replay"])
    def send_once_more(self, request: HttpRequest, queryset: QuerySet[WebhookDelivery]) -> None:
        for delivery in queryset.select_related("endpoint"):
            try:
                replay_delivery(delivery=delivery, now=timezone.now())
            except DomainError as error:
                messages.error(request, f"{delivery}: {error}")
        messages.success(request, _("What can be sent is sent within seconds."))

    def has_replay_permission(self, request: HttpRequest) -> bool:
        may: Any = request.user
        return may.has_perm("partners.change_webhookdelivery")


@admin.register(UntoldStep)
class UntoldStepAdmin(ReadOnlyAdmin):
    list_display = ("event", "attempts", "failed_at", "due_at", "error")
    list_filter = (("due_at", admin.EmptyFieldListFilter),)
    list_select_related = ("event__order",)
    search_fields = ("event__order__reference",)
    actions = ("tell",)

    @admin.action(description=gettext_lazy("Tell once more"), permissions=["tell"])
    def tell(self, request: HttpRequest, queryset: QuerySet[UntoldStep]) -> None:
        for step in queryset:
            tell_once_more(step=step, now=timezone.now())
        messages.success(request, _("They are tried again within seconds."))

    def has_tell_permission(self, request: HttpRequest) -> bool:
        may: Any = request.user
        return may.has_perm("partners.change_untoldstep")
