"""After a turmoil every table says what the log says; `python -m tests.projections.storm` is the same at full size."""

import pytest

from tests.projections.turmoil import Turmoil


@pytest.mark.django_db(transaction=True)
def test_what_is_built_anew_is_what_is_live_whatever_has_happened() -> None:
    turmoil = Turmoil(commands=2000, writers=3)
    turmoil.run()
    assert list(turmoil.faults()) == [], f"seed {turmoil.seed}"
