"""The payment provider's sandbox, for those who ask for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from orders.systems.payment_provider.stripe_account import Account, Stripe
from orders.systems.payment_provider.stripe_checkout import Checkout
from tests.sandbox_room import API_KEY, Stand, sandbox


@pytest.fixture(scope="module")
def shared_stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """One program for all tests of a module."""
    folder: Path = tmp_path_factory.mktemp("payment_provider")
    with sandbox("payment_provider", folder) as running:
        yield running


@pytest.fixture
def stand(shared_stand: Stand) -> Stand:
    """The sandbox, which behaves."""
    shared_stand.steer("behave")
    return shared_stand


@pytest.fixture
def provider(stand: Stand) -> Stripe:
    """The adapter, which asks the sandbox and waits for no longer than a second."""
    return Stripe(Account(stand.address, API_KEY, 1.0))


@pytest.fixture
def desk(stand: Stand) -> Checkout:
    """The adapter of its desk, no more patient."""
    return Checkout(Account(stand.address, API_KEY, 1.0))
