"""May a partner know what becomes of a customer's orders? Only the customer says so, and takes it back at any time."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from accounts.models import User
from ticketsite.partners.models import Agreement, Partner


def partner_with_id(partner_id: UUID) -> Partner:
    """One that customers can agree with.

    Raises:
        Http404: there is none, or it was not approved yet.
    """
    partner = Partner.objects.filter(pk=partner_id).exclude(approved_at=None).first()
    if partner is None:
        raise Http404("There is no such partner.")
    return partner


def agreements_of(customer: User) -> QuerySet[Agreement]:
    return Agreement.objects.filter(customer=customer).select_related("partner")


def agreement_with(*, customer: User, partner: Partner) -> Agreement | None:
    return agreements_of(customer).filter(partner=partner).first()


def agree(*, customer: User, partner: Partner) -> Agreement:
    """From now on the partner is told of every step of the customer's orders. Twice is once."""
    return Agreement.objects.get_or_create(customer=customer, partner=partner)[0]


def withdraw(*, customer: User, partner_id: UUID) -> None:
    """The partner is told nothing more. Whether or not there was an agreement."""
    Agreement.objects.filter(customer=customer, partner=partner_id).delete()
