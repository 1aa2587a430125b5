"""`manage.py erased`: shows that nothing of a person is left, in no table, no queue, no log and no letter."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from redis import RedisError

from accounts.models import Session, User
from accounts.screens.contact import contact_of
from config import traces
from config.traces_in_files import in_files
from eventstore.management.terminal import faults_as_sentences, in_utf_8
from projections.erasing import emails_of
from projections.order_page import OrderPage
from projections.search import Kind


class Command(BaseCommand):
    """Before: what is known, to be kept by whoever asks. After: where of that something still stands."""

    help = (
        "Looks in every table, in Redis, in logs and letters for what was known of a person who was erased. It reads "
        "that from standard input, a line for each; before the erasure, --known prints those lines."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whom, and where else to look."""
        parser.add_argument("customer", type=UUID, help="the customer's id")
        parser.add_argument("--known", action="store_true", help="print what is known of them, before they are erased")
        parser.add_argument("--files", type=Path, action="append", default=[], help="a folder with logs or letters")

    def handle(self, *, customer: UUID, known: bool, files: list[Path], **options: Any) -> None:
        """Print, or look."""
        with faults_as_sentences():
            if known:
                in_utf_8(self.stdout)
                self.stdout.write("\n".join(sorted(known_of(customer))))
                return
            for folder in files:
                if not folder.is_dir():
                    raise CommandError(f"There is no folder {folder}.")
            texts = said()
            found = found_of(texts, [*letters(), *files])
            if found:
                raise CommandError("\n".join(["Something of them is left:", *found]))
            self.stdout.write(f"Nothing is left of {customer}; what was looked for: {len(texts)} things, everywhere.")


def said() -> list[str]:
    """What stands on standard input, line by line."""
    in_utf_8(sys.stdin)
    try:
        texts = [line.strip() for line in sys.stdin if len(line.strip()) >= traces.SHORTEST]
        "".join(texts).encode()
    except UnicodeError:
        raise CommandError("What stands on standard input is not UTF-8.") from None
    if not texts:
        raise CommandError("Say on standard input what was known of them, a line for each; see --known.")
    return texts


def found_of(texts: list[str], folders: list[Path]) -> list[str]:
    """Where something of it stands."""
    try:
        return [
            *traces.in_database(texts),
            *traces.in_redis(texts, settings.CELERY_BROKER_URL),
            *in_files(texts, folders),
        ]
    except RedisError as fault:
        raise CommandError(f"Redis could not be looked into: {fault}.") from None
    except OSError as fault:
        raise CommandError(f"{fault.filename} could not be looked into: {fault.strerror}.") from None


def letters() -> list[Path]:
    """Where letters lie that are not sent, if any do."""
    folder = settings.MAILERS["default"].get("OPTIONS", {}).get("file_path")
    return [Path(folder)] if folder else []


def known_of(customer: UUID) -> set[str]:
    """Everything personal: name, e-mail addresses, telephone, addresses of theirs and of their orders, sessions.

    The search keeps names word by word, and a word may be many people's: it is looked for by whose it is.
    """
    contact = contact_of(customer)
    user = User.objects.filter(id=customer).first()
    if not user and not contact.name:
        raise CommandError(f"Nothing is known of a customer {customer}.")
    addresses = [msgspec.to_builtins(address) for address in contact.addresses.values()]
    orders = dict(OrderPage.objects.filter(customer_id=customer).values_list("order_id", "delivery_address"))
    texts = {contact.name, contact.telephone, *emails_of(customer), *([user.name, user.email] if user else [])}
    for address in (*addresses, *filter(None, orders.values())):
        texts |= {address["recipient"], address["street"]}
    texts |= {
        f"{Kind.NAME}:{customer}:",
        f"{Kind.EMAIL}:{customer}",
        *(f"{Kind.RECIPIENT}:{order_id}:" for order_id in orders),
    }
    texts |= set(Session.objects.filter(user_id=customer).values_list("session_key", flat=True))
    return {text for text in texts if len(text) >= traces.SHORTEST}
