"""Who may sign in. Django's own business, not event-sourced; what a customer does is."""

import hashlib
import re
import secrets
import time
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Self
from uuid import UUID

from django.apps import apps
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, Group, PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models, transaction
from django.db.models import F, FloatField, Q, Value
from django.db.models.functions import Greatest, Least
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from accounts.domain.partner import SCOPES, acting
from accounts.domain.roles import ADMIN, PARTNER, ROLES
from accounts.sessions import SessionStore
from eventstore.dispatch import Actor

UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class UserManager(BaseUserManager["User"]):
    """Makes sign-ins."""

    @transaction.atomic
    def create_user(
        self, email: str, password: str | None, roles: Iterable[str] = (), *, verified: bool = True, **fields: Any
    ) -> "User":
        """A sign-in with these roles, whose e-mail address somebody has seen to. ValueError for an unknown role."""
        unknown = set(roles) - ROLES
        if unknown:
            raise ValueError(f"There is no role {', '.join(sorted(unknown))}.")
        user = self.model(email=self.normalize_email(email).lower(), is_staff=ADMIN in set(roles), **fields)
        user.set_password(password)
        user.save(using=self._db)
        user.groups.set([Group.objects.get_or_create(name=role)[0] for role in roles])
        if verified:
            addresses = apps.get_model("account", "EmailAddress").objects
            addresses.create(user=user, email=user.email, verified=True, primary=True)
        return user

    def create_superuser(self, email: str, password: str | None, **fields: Any) -> "User":
        """A sign-in that may do everything in Django admin."""
        return self.create_user(email, password, [ADMIN], is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by e-mail. The groups are the roles; a customer's id is the user's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    language = models.CharField(_("language"), max_length=10, default="", blank=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")

    def __str__(self) -> str:
        return self.email

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles this person holds."""
        return frozenset(self.groups.values_list("name", flat=True)) & ROLES

    @classmethod
    def names_of(cls, actors: Iterable[str]) -> dict[str, str]:
        """The names of those among these actors who are people."""
        people = [actor for actor in set(actors) if UUID_TEXT.fullmatch(actor)]
        return {str(user.id): user.name for user in cls.objects.filter(id__in=people)}

    @property
    def actor(self) -> Actor:
        """This person as one who sends commands."""
        return Actor(str(self.id), self.roles)


class Session(AbstractBaseSession):
    """Somebody's browser, from its first request to the sign-out."""

    user_id = models.UUIDField(null=True, db_index=True)

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        """What reads and writes it."""
        return SessionStore

    @classmethod
    def browsers_of(cls, user_id: UUID) -> int:
        """In how many browsers somebody is signed in; for a while it is known whose a session was that has expired."""
        return cls.objects.filter(user_id=user_id, expire_date__gt=timezone.now()).count()

    @classmethod
    def end(cls, user_ids: Iterable[UUID]) -> None:
        """Whoever is signed in as one of these is so no longer, in any browser."""
        cls.objects.filter(user_id__in=list(user_ids)).delete()

    @classmethod
    def end_others(cls, request: HttpRequest) -> None:
        """Whoever is signed in as the person who asks is so no longer, but for the browser in which they ask."""
        others = cls.objects.filter(user_id=request.user.pk)
        others.exclude(session_key=request.session.session_key).delete()


class Partner(models.Model):
    """A business whose systems place orders with us, for customers that it answers for."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=200, unique=True)
    is_active = models.BooleanField(_("active"), default=True)
    may_see_personal_data = models.BooleanField(
        _("may see personal data"), default=False, help_text=_("Where our contract says so; a token has to ask for it.")
    )
    requests_per_minute = models.PositiveIntegerField(_("requests per minute"), default=600)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def names_of(cls, actors: Iterable[str]) -> dict[str, str]:
        """The names of those among these actors who are systems of partners."""
        theirs = {actor.removeprefix("partner:") for actor in actors if actor.startswith("partner:")}
        return {acting(one.id): one.name for one in cls.objects.filter(id__in=theirs)} if theirs else {}

    @property
    def actor(self) -> Actor:
        """This partner's systems as ones that send commands."""
        return Actor(acting(self.id), frozenset({PARTNER}))


class PartnerToken(models.Model):
    """With what a partner's systems show who they are. Only a fingerprint of it is kept; it is shown once, when made.

    `left` of its requests a minute could be made at `counted_at`, in seconds since 1970.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="tokens", verbose_name=_("partner"))
    name = models.CharField(_("name"), max_length=200, help_text=_("What it is for."))
    beginning = models.CharField(_("begins with"), max_length=12, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(_("scopes"), default=list)
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)
    used_at = models.DateTimeField(_("last used at"), null=True, editable=False)
    requests = models.BigIntegerField(_("requests"), default=0, editable=False)
    errors = models.BigIntegerField(_("errors"), default=0, editable=False)
    seconds = models.FloatField(default=0.0, editable=False)
    left = models.FloatField(default=0.0, editable=False)
    counted_at = models.FloatField(default=0.0, editable=False)

    class Meta:
        verbose_name = _("partner's token")
        verbose_name_plural = _("partners' tokens")

    def __str__(self) -> str:
        return f"{self.beginning}… ({self.name})"

    @classmethod
    def make(cls, partner: Partner, name: str, scopes: Iterable[str], expires_at: datetime) -> tuple[Self, str]:
        """A new token, and the text of it, which nobody can read again. ValueError for a scope that is not there."""
        if unknown := set(scopes) - set(SCOPES):
            raise ValueError(f"There is no scope {', '.join(sorted(unknown))}.")
        text = f"shop_{secrets.token_urlsafe(32)}"
        kept = cls(partner=partner, name=name, scopes=sorted(scopes), expires_at=expires_at)
        kept.beginning, kept.digest = text[:12], fingerprint(text)
        kept.save(force_insert=True)
        return kept, text

    @classmethod
    def good(cls, text: str) -> Self | None:
        """The token of this text, where it is good for anything now."""
        now = timezone.now()
        alive = Q(revoked_at=None, expires_at__gt=now, partner__is_active=True)
        return cls.objects.select_related("partner").filter(alive, digest=fingerprint(text)).first()

    def count(self) -> bool:
        """Count a request; whether it is one of those that it may make. One statement, right for any number of servers.

        As many as are allowed in a minute may come at once; then they come back evenly.
        """
        most, now = float(self.partner.requests_per_minute), time.time()
        back = Greatest(Value(now) - F("counted_at"), Value(0.0)) * Value(most / 60)
        left = Least(F("left") + back, Value(most), output_field=FloatField())
        those = PartnerToken.objects.filter(pk=self.pk).annotate(now_left=left).filter(now_left__gte=1)
        return bool(those.update(left=F("now_left") - 1, counted_at=now, used_at=timezone.now()))

    def note(self, seconds: float, *, failed: bool) -> None:
        """Note how long a request took, and whether what it asked for could not be done."""
        mine = PartnerToken.objects.filter(pk=self.pk)
        mine.update(requests=F("requests") + 1, errors=F("errors") + int(failed), seconds=F("seconds") + seconds)

    def revoke(self) -> None:
        """It is good for nothing any more."""
        PartnerToken.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=timezone.now())


class PartnerSubscription(models.Model):
    """Where a partner wants to be told of events. What it is signed with is made of a key beside those of persons.

    For a while after `secret_since`, what the secret before could verify is signed with that one, too.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="subscriptions", verbose_name=_("partner"))
    url = models.CharField(_("address"), max_length=500)
    types = models.JSONField(_("types of events"))
    personal_data = models.BooleanField(_("with personal data"), default=False)
    stopped = models.BooleanField(_("stopped"), default=False)
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)
    secret_version = models.PositiveIntegerField(default=1)
    secret_since = models.DateTimeField(auto_now_add=True)
    secret_by = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("partner's subscription")
        verbose_name_plural = _("partners' subscriptions")

    def __str__(self) -> str:
        return f"{self.partner}: {self.url}"

    @property
    def name(self) -> str:
        """What its checkpoint, its deliveries and its border are called."""
        return f"partner:{self.id}"

    @property
    def sees_personal_data(self) -> bool:
        """Whether it asks for personal data and still may have them."""
        return self.personal_data and self.partner.may_see_personal_data


def fingerprint(text: str) -> str:
    """What is kept of a token. It is long and drawn by lot, so that nobody can go through all that it might be."""
    return hashlib.sha256(text.encode()).hexdigest()


class SentEmail(models.Model):
    """An e-mail to a customer: what it was about, and how far it came. Nothing personal is kept, nor its text.

    It is `handed over` from before the mail server is spoken to until that has answered. Where nobody knows what came
    of that, `doubted_as` is what it was asked as: it is asked as something else once a person has it tried again.
    Where the server of the address takes it at another time, that is so `since` then.
    """

    class State(models.TextChoices):
        """How far an e-mail has come."""

        HANDED_OVER = "handed over", _("Handed over")
        SENT = "sent", _("Sent")
        LATER = "later", _("To be tried again")
        REFUSED = "refused", _("Refused by the mail server")
        UNKNOWN = "unknown", _("Nobody knows")

    key = models.UUIDField(primary_key=True)
    customer_id = models.UUIDField(db_index=True)
    order_id = models.UUIDField()
    content = models.JSONField()
    language = models.CharField(_("language"), max_length=10)
    state = models.CharField(_("state"), max_length=20, choices=State)
    since = models.DateTimeField(_("since"), null=True)
    at = models.DateTimeField(_("at"), default=timezone.now)
    doubted_as = models.UUIDField(null=True, editable=False)

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        indexes = (models.Index(fields=["-at"], name="accounts_sentemail_at"),)

    def __str__(self) -> str:
        return f"{self.content['kind']}: {self.get_state_display()}"
