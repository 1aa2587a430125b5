"""Partners at the terminal: who they are, and the tokens of their systems."""

from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.domain.partner import MOST_DAYS, SCOPES
from accounts.models import Partner, PartnerToken
from eventstore.errors import keepable
from eventstore.management import asked
from eventstore.management.terminal import Heedless, faults_as_sentences


class Command(BaseCommand):
    """`manage.py partners`: list, add, token, revoke."""

    help = "Lists partners and their tokens, adds a partner, makes a token and shows it once, revokes one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What is to be done."""
        deeds = parser.add_subparsers(dest="deed")
        deeds.add_parser("list", help="partners and their tokens (what is done without a word)")
        add = deeds.add_parser("add", help="a new partner")
        add.add_argument("name")
        add.add_argument("--personal-data", action="store_true", help="they may see personal data of their customers")
        token = deeds.add_parser("token", help="a new token of a partner; it is printed once")
        token.add_argument("name", help="the partner's name")
        token.add_argument("--for", dest="purpose", default="their systems", help="what it is for")
        token.add_argument("--scope", action="append", choices=SCOPES, help="may be given several times; all without")
        token.add_argument("--days", type=int, default=365, help="for how long it is good (365)")
        revoke = deeds.add_parser("revoke", help="a token is good for nothing any more")
        revoke.add_argument("beginning", help="the first 12 characters of it, as the list shows them")

    def handle(self, *, deed: str | None, **said: Any) -> None:
        """Do it."""
        self.stdout = Heedless(self.stdout)
        with faults_as_sentences():
            match deed:
                case "add":
                    self.add(said["name"], personal_data=said["personal_data"])
                case "token":
                    self.token(said["name"], said["purpose"], said["scope"] or list(SCOPES), said["days"])
                case "revoke":
                    self.revoke(said["beginning"])
                case _:
                    self.list()

    def list(self) -> None:
        """A line for each partner and each token."""
        for partner in Partner.objects.order_by("name").prefetch_related("tokens"):
            self.stdout.write(f"{partner.name}  {partner.id}{'' if partner.is_active else '  inactive'}")
            for token in sorted(partner.tokens.all(), key=lambda each: each.made_at):
                standing = "revoked" if token.revoked_at else f"until {token.expires_at:%Y-%m-%d}"
                self.stdout.write(f"  {token.beginning}…  {standing}  {token.name}: {', '.join(token.scopes)}")

    def add(self, name: str, *, personal_data: bool) -> None:
        """A new partner."""
        asked.name(name, "The name of a partner")
        if Partner.objects.filter(name=name).exists():
            raise CommandError(f"There is a partner {name} already.")
        partner = Partner.objects.create(name=name, may_see_personal_data=personal_data)
        self.stdout.write(f"{partner.name}  {partner.id}")

    def token(self, name: str, purpose: str, scopes: Sequence[str], days: int) -> None:
        """A new token."""
        partner = Partner.objects.filter(name=keepable(name)).first()
        if partner is None:
            raise CommandError(f"There is no partner {name}.")
        if not 1 <= days <= MOST_DAYS:
            raise CommandError(f"A token is good for 1 to {MOST_DAYS} days.")
        asked.name(purpose, "What a token is for")
        _, text = PartnerToken.make(partner, purpose, scopes, timezone.now() + timedelta(days=days))
        self.stdout.write(text)
        self.stderr.write("Keep it now: it is not shown again.")

    def revoke(self, beginning: str) -> None:
        """A token is good for nothing any more."""
        if not beginning:
            raise CommandError("Say how the token begins.")
        found = list(PartnerToken.objects.filter(beginning=keepable(beginning), revoked_at=None))
        if len(found) != 1:
            raise CommandError(f"There is no token that begins with {beginning}.")
        found[0].revoke()
        self.stdout.write(f"{found[0]} is revoked.")
