"""Customer page: who a customer is, how we reach them, where their parcels go, and whether they may order."""

from collections.abc import Iterable
from uuid import UUID

import msgspec
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.domain.customer import (
    ContactDetailsChanged,
    CustomerErased,
    CustomerRegistered,
    CustomerReinstated,
    CustomerSuspended,
    DeliveryAddressAdded,
    DeliveryAddressRemoved,
    EmailRefused,
)
from accounts.models import UUID_TEXT
from eventstore.log import Recorded
from orders.domain.order import OrderPlaced
from projections.engine import Projection, ReadModel


class Standing(models.TextChoices):
    """What can be said of a customer."""

    ACTIVE = "active", _("May order")
    SUSPENDED = "suspended", _("Suspended")
    ERASED = "erased", _("Erased")


class CustomerPage(ReadModel):
    """A customer. What is personal is empty once they were erased; `version` is that of the customer's stream."""

    customer_id = models.UUIDField(primary_key=True)
    name = models.CharField(_("name"), max_length=200)
    email = models.CharField(_("e-mail address"), max_length=254)
    telephone = models.CharField(_("telephone"), max_length=40, default="")
    addresses = models.JSONField(_("addresses"), default=list)
    standing = models.CharField(_("standing"), max_length=20, choices=Standing)
    reason = models.CharField(_("reason"), max_length=500, default="")
    orders = models.IntegerField(_("orders"), default=0)
    registered_at = models.DateTimeField(_("registered at"))
    ordered_at = models.DateTimeField(_("last ordered at"), null=True)
    version = models.IntegerField(_("version"))
    email_refused_at = models.DateTimeField(_("e-mail refused at"), null=True)

    class Meta:
        db_table = "projections_customer_page"
        verbose_name = _("customer")
        verbose_name_plural = _("customers")

    def __str__(self) -> str:
        return self.name or str(self.get_standing_display())

    @classmethod
    def names_of(cls, actors: Iterable[str]) -> dict[str, str]:
        """The names of those among these actors who are customers, with a sign-in or without."""
        people = [actor for actor in actors if UUID_TEXT.fullmatch(actor)]
        rows = cls.objects.filter(customer_id__in=people) if people else ()
        return {str(row.customer_id): row.name or gettext("an erased customer") for row in rows}

    @classmethod
    def erased_among(cls, customers: Iterable[UUID]) -> frozenset[UUID]:
        """Those among these customers who were erased: nobody can tell them anything any more."""
        rows = cls.objects.filter(customer_id__in=set(customers), standing=Standing.ERASED)
        return frozenset(rows.values_list("customer_id", flat=True))


type Wanted = (
    CustomerRegistered
    | ContactDetailsChanged
    | DeliveryAddressAdded
    | DeliveryAddressRemoved
    | CustomerSuspended
    | CustomerReinstated
    | CustomerErased
    | EmailRefused
    | OrderPlaced
)


def keys(fact: Recorded[Wanted]) -> Iterable[UUID]:
    """The customer that the fact is about."""
    return (fact.event.customer_id,)


def project(row: CustomerPage | None, fact: Recorded[Wanted], customer_id: UUID) -> CustomerPage | None:
    """The customer after the fact."""
    match fact.event:
        case CustomerRegistered(name=name, email=email):
            return CustomerPage(
                customer_id=customer_id,
                name=name or "",
                email=email or "",
                standing=Standing.ACTIVE,
                registered_at=fact.recorded_at,
                version=fact.version,
            )
        case EmailRefused():
            return row and row.but(email_refused_at=fact.recorded_at, version=fact.version)
        case OrderPlaced():
            return row and row.but(orders=row.orders + 1, ordered_at=fact.recorded_at)
        case happened:
            return row and changed(row, happened).but(version=fact.version)


def changed(
    customer: CustomerPage,
    event: ContactDetailsChanged
    | DeliveryAddressAdded
    | DeliveryAddressRemoved
    | CustomerSuspended
    | CustomerReinstated
    | CustomerErased,
) -> CustomerPage:
    """The customer after an event."""
    match event:
        case ContactDetailsChanged(name=name, email=email, telephone=telephone):
            refused_at = customer.email_refused_at if email == customer.email else None
            return customer.but(
                name=name or "", email=email or "", telephone=telephone or "", email_refused_at=refused_at
            )
        case DeliveryAddressAdded(address_id=address_id, address=address):
            added = {"address_id": str(address_id), "address": msgspec.to_builtins(address)}
            return customer.but(addresses=[*customer.addresses, added])
        case DeliveryAddressRemoved(address_id=address_id):
            left = [each for each in customer.addresses if each["address_id"] != str(address_id)]
            return customer.but(addresses=left)
        case CustomerSuspended(reason=reason):
            return customer.but(standing=Standing.SUSPENDED, reason=reason)
        case CustomerReinstated():
            return customer.but(standing=Standing.ACTIVE, reason="")
        case CustomerErased():
            return customer.but(
                standing=Standing.ERASED,
                name="",
                email="",
                telephone="",
                addresses=[],
                reason="",
                email_refused_at=None,
            )


PROJECTION = Projection(CustomerPage, wants=Wanted, keys=keys, project=project)
