"""Errands, for those tests that are about the runtime and not about the shop."""

from collections.abc import Iterator

import pytest


@pytest.fixture
def errands(transactional_db: None) -> Iterator[None]:
    """A business in which errands are run, and nothing else."""
    from tests.processes.errands import at_work

    with at_work.errands():
        yield
