"""What tests of signing in have in common."""

import pytest
from pytest_django import Settings

from tests.orders.conftest import complaints, new_context, visit

# The same browsers as everywhere in the shop, which complain of what they find.
__all__ = ["complaints", "new_context", "visit"]


@pytest.fixture(autouse=True)
def _quick_to_check(settings: Settings) -> None:
    """Passwords that open nothing need no slow hash."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
