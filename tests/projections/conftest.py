"""What the tests of read models stand on: these are alone with the log, and no room is left from the test before."""

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Only what a test appends is in the log: no process follows it, be it here or in a worker that a test starts."""
    from config import subscriptions
    from eventstore.readers import readers
    from tests.projections.alone_subscriptions import READERS

    monkeypatch.setattr(subscriptions, "READERS", READERS)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tests.projections.alone")
    readers.cache_clear()
    yield
    readers.cache_clear()


@pytest.fixture(autouse=True)
def _no_rooms(request: pytest.FixtureRequest) -> Iterator[None]:
    """Leave no table of another room behind, where a test commits what it does."""
    yield
    marker = request.node.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        from tests.projections.rooms import close_rooms

        close_rooms()


@pytest.fixture
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rebuild takes the shop's log in many steps."""
    from projections.engine import rebuild

    monkeypatch.setattr(rebuild, "CHUNK", 20)


@pytest.fixture
def events() -> int:
    """A shop in which something has happened, and which shows it."""
    from tests.laid_out import laid_out
    from tests.projections.trade import shown

    return laid_out(shown)
