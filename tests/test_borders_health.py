"""Health of the borders over HTTP: a check that fails when something waits for too long, and figures for operators."""

from typing import Any

import pytest
from django.test import Client

from config.health import border_lines
from eventstore.effects.borders import standings
from tests.processes.errands.at_work import begin, pass_by, rest
from tests.processes.errands.post import Post

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("errands")]


@pytest.fixture
def errands(transactional_db: None) -> Any:
    """A business that writes letters."""
    from tests.processes.errands import at_work

    with at_work.errands():
        yield


def test_it_fails_as_soon_as_something_waits_for_longer_than_the_limit() -> None:
    Post.mood = "closed"
    begin("tea", "ann", how="by_letter")
    rest()
    assert Client().get("/health/systems/").json() == {"limit": 900.0, "waiting": {}}
    pass_by(16)
    response = Client().get("/health/systems/")
    assert (response.status_code, response.json()["waiting"]["post"] > 900) == (503, True)
    Post.mood = "well"
    rest()
    assert Client().get("/health/systems/").status_code == 200


def test_every_border_has_its_figures() -> None:
    begin("tea", "ann", how="by_letter")
    rest()
    Post.mood = "closed"
    begin("cup", "ann", how="by_letter")
    rest()
    lines = [*border_lines(standings())]
    for line in (
        'system_requests_total{system="post"} 2',
        'system_errors_total{system="post"} 1',
        'system_circuit_open{system="post"} 0',
        'system_connected{system="post"} 1',
        'system_waiting{system="post"} 1',
        'system_waiting_for_a_person{system="post"} 0',
    ):
        assert line in lines
    assert "# TYPE system_requests_total counter" in lines
