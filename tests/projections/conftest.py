"""What the tests of read models stand on: no other room than the live one is left from the test before."""

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _no_rooms(request: pytest.FixtureRequest) -> Iterator[None]:
    """Leave no table of another room behind, where a test commits what it does."""
    yield
    marker = request.node.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        from tests.projections.rooms import close_rooms

        close_rooms()
