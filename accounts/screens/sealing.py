"""What belongs to a sign-in is sealed under the keys that wrap those of persons: second factors, and what is typed."""

import base64
from collections.abc import Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction

from eventstore.errors import Invalid

SECRETS = ("secret", "seed")  # of an app, and of recovery codes: what the library has us seal


def sealer() -> MultiFernet:
    """Seals with the first of PERSONAL_DATA_KEYS, and opens with any of them."""
    return MultiFernet(_each())


def to_seal_anew() -> list[int]:
    """The second factors that another key seals than the first. Invalid where none that is there opens one."""
    first, any_of_them, found = _each()[0], sealer(), list[int]()
    for pk, user, data in Authenticator.objects.order_by("pk").values_list("pk", "user_id", "data"):
        if _opens(first, data):
            continue
        if not _opens(any_of_them, data):
            raise Invalid(f"PERSONAL_DATA_KEYS lacks the key that seals the second factor of the sign-in {user}.")
        found.append(pk)
    return found


def seal_anew() -> Iterator[int]:
    """Seal every second factor with the first key, one at a time. Whoever is held is passed by."""
    keys = sealer()
    for pk in to_seal_anew():
        with transaction.atomic():
            one = Authenticator.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
            if one is None:
                continue
            one.data |= {name: keys.rotate(secret).decode() for name, secret in _secrets(one.data).items()}
            one.save(update_fields=["data"])
        yield 1


def _each() -> list[Fernet]:
    derived = (
        HKDF(SHA256(), 32, None, b"second factor").derive(key)
        for key in settings.EVENTSTORE["PERSONAL_DATA_KEYS"].values()
    )
    return [Fernet(base64.urlsafe_b64encode(key)) for key in derived]


def _secrets(data: dict[str, Any]) -> dict[str, str]:
    return {name: data[name] for name in SECRETS if name in data}


def _opens(key: Fernet | MultiFernet, data: dict[str, Any]) -> bool:
    try:
        for secret in _secrets(data).values():
            key.decrypt(secret)
    except InvalidToken:
        return False
    return True
