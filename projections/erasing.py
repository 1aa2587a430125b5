"""Erasing: a customer's key is destroyed, so that nothing more can be read of them, and read models are made anew.

Their sign-in goes in the same transaction as the key: whatever dies in between, either both are there or neither is.
"""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from uuid import UUID, uuid5

from allauth.account.models import EmailAddress
from celery import current_app
from django.conf import settings
from django.db import transaction

from accounts.domain.customer import ContactDetailsChanged, CustomerErased, CustomerRegistered
from accounts.domain.email_claim import ReleaseEmail
from accounts.domain.roles import CUSTOMER, PROCESS
from accounts.models import SentEmail, Session, User
from accounts.streams import CUSTOMER as CUSTOMERS
from accounts.streams import claim_of
from eventstore import log, personal
from eventstore.dispatch import Actor, dispatch
from eventstore.log import Recorded
from eventstore.readers import Reader

ERASING = Actor("process:erasing", frozenset({PROCESS}))


def take(facts: Sequence[Recorded[CustomerErased]]) -> None:
    """Destroy the keys. What was read before goes with its tables, which are found to be outdated from now on."""
    for fact in facts:
        emails = emails_of(fact.event.customer_id)  # as long as they can be read
        personal.destroy_key(str(fact.event.customer_id))
        forget_sign_in(fact, emails)
        forget_emails(fact.event.customer_id)
    transaction.on_commit(lambda: current_app.send_task("projections.tasks.renew"), robust=True)


def emails_of(customer_id: UUID) -> set[str]:
    """Every e-mail address that was ever this customer's, and one that they have not shown yet to be theirs.

    One that is somebody else's by now says nothing of them any more.
    """
    emails = set(EmailAddress.objects.filter(user_id=customer_id).values_list("email", flat=True))
    for fact in log.read_stream(f"{CUSTOMERS.name}-{customer_id}"):
        if isinstance(fact.event, CustomerRegistered | ContactDetailsChanged) and fact.event.email:
            emails.add(fact.event.email)
    of_others = EmailAddress.objects.filter(email__in=emails, verified=True).exclude(user_id=customer_id)
    return emails - set(of_others.values_list("email", flat=True))


def forget_sign_in(fact: Recorded[CustomerErased], emails: set[str]) -> None:
    """Nobody signs in as this customer any more, and their e-mail address is free for anybody.

    Somebody who works here as well keeps the sign-in for that.
    """
    customer_id = fact.event.customer_id
    Session.end([customer_id])
    user = User.objects.filter(id=customer_id).first()
    if user is None:
        return
    released = ReleaseEmail(address=claim_of(user.email), customer_id=customer_id)
    dispatch(
        released,
        actor=ERASING,
        command_id=uuid5(fact.id, "release"),
        correlation=fact.correlation,
        causation=fact.id,
    )
    if user.roles == {CUSTOMER}:
        forget_letters({user.email, *emails})
        user.delete()
    else:
        user.groups.remove(*user.groups.filter(name=CUSTOMER))


def forget_emails(customer_id: UUID) -> None:
    """Nobody is told any more what this customer was written, whether they had a sign-in here or not."""
    written = SentEmail.objects.filter(customer_id=customer_id)
    forget_letters({str(key) for key in written.values_list("key", flat=True)})
    written.delete()


def forget_letters(marks: set[str]) -> None:
    """Throw away what the demo has laid into its folder instead of sending it: letters with one of these marks."""
    folder = settings.MAILERS["default"].get("OPTIONS", {}).get("file_path")
    for letter in Path(folder).glob("*.log") if folder and marks else ():
        with suppress(FileNotFoundError):  # somebody else has thrown it away meanwhile
            text = letter.read_text(errors="replace").lower()
            if any(mark.lower() in text for mark in marks):
                letter.unlink()


READER = Reader("erasing", wants=[CustomerErased], take=take)
