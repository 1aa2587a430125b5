"""Who may sign in. Django's own business, not event-sourced; what a customer does is."""

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, Group, PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from accounts.domain.roles import ADMIN, ROLES
from eventstore.dispatch import Actor

UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class UserManager(BaseUserManager["User"]):
    """Makes sign-ins."""

    def create_user(self, email: str, password: str | None, roles: Iterable[str] = (), **fields: Any) -> "User":
        """A sign-in with these roles. ValueError for a role that nobody here has."""
        unknown = set(roles) - ROLES
        if unknown:
            raise ValueError(f"There is no role {', '.join(sorted(unknown))}.")
        user = self.model(email=self.normalize_email(email).lower(), is_staff=ADMIN in set(roles), **fields)
        user.set_password(password)
        user.save(using=self._db)
        user.groups.set([Group.objects.get_or_create(name=role)[0] for role in roles])
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
