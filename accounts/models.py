"""Who you are: a person known by an e-mail address."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a customer.

        Raises:
            ValueError: the e-mail address is empty.
        """
        if not email:
            raise ValueError("A person needs an e-mail address.")
        fields["guest_email"] = fields.get("guest_email", "").lower()
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Whoever may make one at the command line is believed about the address."""
        from accounts.services import vouch_for

        user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
        vouch_for(person=user)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(max_length=150, blank=True)
    # Of a person without an account (guests.py): where mail goes. Empty: the person has one.
    guest_email = models.EmailField(_("address of a guest"), blank=True, db_index=True, editable=False)
    # Of the pages and mails; empty: as the browser asks for.
    language = models.CharField(_("language"), max_length=10, blank=True)
    # IANA name, for times that belong to no place; empty: UTC.
    zone = models.CharField(_("time zone"), max_length=64, blank=True)
    # What a partner's sandbox keys act as: nobody can log in, and no real money is ever asked for.
    is_sandbox = models.BooleanField(_("for trying"), default=False, editable=False)
    is_staff = models.BooleanField(_("may enter the back office"), default=False)
    is_active = models.BooleanField(_("may log in"), default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_person_per_email")]

    def __str__(self) -> str:
        return self.mail_address

    @property
    def is_guest(self) -> bool:
        """Whether this is somebody who buys without an account."""
        return bool(self.guest_email)

    @property
    def mail_address(self) -> str:
        """Where mail reaches the person, with or without an account."""
        return self.guest_email or self.email

    def get_full_name(self) -> str:
        return self.name or self.mail_address

    def get_short_name(self) -> str:
        return self.name or self.mail_address.partition("@")[0]


class SavedPassenger(models.Model):
    """Somebody whom the person buys tickets for, so that the name need not be typed again."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passengers")
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="one_saved_passenger_per_name")]

    def __str__(self) -> str:
        return self.name


class Limit(models.Model):
    """How often somebody did what guards an account, where there is no Redis: written by Django's cache in the database
    alone (ticketsite/caches.py), whose columns these are."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "accounts_limit"

    def __str__(self) -> str:
        return self.cache_key


class KeptAnswer(models.Model):
    """What a request was answered, in case it comes again under its Idempotency-Key (replaying.py)."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="kept_answers")
    key = models.CharField(max_length=128)
    # Of the request: another one under the same key is a mistake.
    digest = models.CharField(max_length=64)
    # Empty while it is being carried out.
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    begun_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="one_kept_answer_per_key")]

    def __str__(self) -> str:
        return f"{self.key}: {self.status or 'not answered yet'}"
