"""The carrier's sandbox, for those who ask for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from easypost import EasyPostClient

from tests.sandbox_room import API_KEY, Stand, sandbox


@pytest.fixture(scope="module")
def shared_stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """One program for all tests of a module."""
    folder: Path = tmp_path_factory.mktemp("carrier")
    with sandbox("carrier", folder) as running:
        yield running


@pytest.fixture
def stand(shared_stand: Stand) -> Stand:
    """The sandbox, which behaves."""
    shared_stand.steer("behave")
    return shared_stand


@pytest.fixture
def client(stand: Stand) -> EasyPostClient:
    """EasyPost's own client, which asks the sandbox."""
    return EasyPostClient(API_KEY, f"{stand.address}/v2", timeout=1)
