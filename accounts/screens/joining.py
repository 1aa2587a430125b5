"""Joining: whoever has shown that an e-mail address is theirs becomes a customer, or is reached there from now on."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from uuid_utils.compat import uuid7

from accounts.domain.customer import ChangeContactDetails, RegisterCustomer, Unknown
from accounts.domain.email_claim import ClaimEmail, ReleaseEmail
from accounts.domain.roles import CUSTOMER
from accounts.models import User
from accounts.screens.contact import contact_of
from accounts.streams import CUSTOMER as CUSTOMERS
from accounts.streams import claim_of
from eventstore.dispatch import dispatch, load
from eventstore.messages import Command


@transaction.atomic
def join(user: User) -> None:
    """Claim the address for somebody and register them: both, together with all else of the transaction, or neither.

    Refused where somebody else has the address.
    """
    if isinstance(load(CUSTOMERS, f"{CUSTOMERS.name}-{user.id}").state, Unknown):
        send(user, ClaimEmail(address=claim_of(user.email), customer_id=user.id))
        send(user, RegisterCustomer(customer_id=user.id, name=user.name, email=user.email))


@transaction.atomic
def move(user: User, former: list[str]) -> None:
    """Somebody is reached under another address from now on; the former ones are free for anybody."""
    known = contact_of(user.id)
    send(user, ClaimEmail(address=claim_of(user.email), customer_id=user.id))
    told = ChangeContactDetails(
        customer_id=user.id, name=known.name or user.name, email=user.email, telephone=known.telephone
    )
    send(user, told)
    for email in former:
        send(user, ReleaseEmail(address=claim_of(email), customer_id=user.id))


def send(user: User, command: Command) -> None:
    """Have it done in this person's name, within the transaction that is open: with it, or not at all."""
    dispatch(command, actor=user.actor, command_id=uuid7())


def confirmed(email_address: EmailAddress, **_: Any) -> None:
    """Told by the library, within the transaction of the page, that an address is somebody's."""
    user = User.objects.get(pk=email_address.user_id)
    if CUSTOMER not in user.roles:
        return
    others = EmailAddress.objects.filter(user=user, verified=True).exclude(pk=email_address.pk)
    former = [other.email for other in others if other.email != user.email]
    if former:
        move(user, former)
    else:
        join(user)
