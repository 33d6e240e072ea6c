"""People in the back office: known by e-mail, so Django's own pages for user names do not fit."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db.models import ManyToManyField, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.rights import RightsField, RoleFilter, name_of_role
from accounts.roles import is_role

admin.site.unregister(Group)


class _LowerEmail:
    """Customers sign up under the lower-case form, which is what logging in looks for."""

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()  # type: ignore[attr-defined]


class PersonCreationForm(_LowerEmail, AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "name")


class PersonChangeForm(_LowerEmail, UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if is_role(group.name for group in cleaned.get("groups", ())) and not cleaned.get("is_staff"):
            raise forms.ValidationError(_("Who has a role must be let into the back office: tick that too."))
        return cleaned


class _RightsInWords(admin.ModelAdmin):
    """Roles and permissions that are to be chosen have names in the reader's language."""

    def formfield_for_manytomany(
        self, db_field: "ManyToManyField[Any, Any]", request: HttpRequest | None = None, **kwargs: Any
    ) -> Any:
        return super().formfield_for_manytomany(db_field, request, form_class=RightsField, **kwargs)  # type: ignore[arg-type]


@admin.register(Group)
class RoleAdmin(_RightsInWords, GroupAdmin):
    list_display = ("role",)

    @admin.display(description=gettext_lazy("role"), ordering="name")
    def role(self, group: Group) -> str:
        return name_of_role(group)


@admin.register(User)
class PersonAdmin(_RightsInWords, UserAdmin):
    form = PersonChangeForm
    add_form = PersonCreationForm
    ordering = ("email",)
    list_display = ("email", "name", "roles", "is_staff", "is_active", "date_joined")
    list_filter = ("is_staff", "is_superuser", "is_active", ("groups", RoleFilter))
    search_fields = ("email", "name")
    readonly_fields = ("date_joined", "last_login")
    fieldsets = (
        (None, {"fields": ("email", "password", "name")}),
        (gettext_lazy("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        (gettext_lazy("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Nobody makes themselves more than an administrator."""
        fixed = () if request.user.is_superuser else ("is_superuser", "user_permissions")
        return (*self.readonly_fields, *fixed)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return self._may_touch(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return self._may_touch(request, obj) and super().has_delete_permission(request, obj)

    def _may_touch(self, request: HttpRequest, person: User | None) -> bool:
        """A superuser's password in the hands of an administrator would make them one."""
        return request.user.is_superuser or person is None or not person.is_superuser

    @admin.display(description=gettext_lazy("roles"))
    def roles(self, person: User) -> str:
        return ", ".join(name_of_role(group) for group in person.groups.all())
