"""Health of the borders over HTTP: a check that fails when something waits for too long, and figures for operators."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models.functions import Now
from django.test import Client

from accounts.models import Partner, PartnerSubscription
from config.health import border_lines, inbox_lines, letter_lines
from eventstore import clock
from eventstore.effects.borders import standings
from eventstore.models import Delivery, Received, ReceivedCount
from tests.addresses import a_notice
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
    nothing: dict[str, float] = {}
    well = {"limit": 900.0, "waiting": nothing, "notices": nothing, "partners": nothing}
    assert Client().get("/health/systems/").json() == well
    pass_by(16)
    response = Client().get("/health/systems/")
    assert (response.status_code, response.json()["waiting"]["post"] > 900) == (503, True)
    Post.mood = "well"
    rest()
    assert Client().get("/health/systems/").status_code == 200


def test_it_fails_when_a_notice_waits_or_a_partner_is_not_told_for_longer_than_the_limit() -> None:
    notice, subscription = a_notice(), a_subscription()
    long_ago = Now() - timedelta(minutes=16)
    Received.objects.update(came_at=long_ago)
    waits = {"subscription": subscription.name, "position": 1, "subject": "order", "since": clock.now()}
    delivery = Delivery.objects.create(**waits)
    assert Client().get("/health/systems/").status_code == 200, "What waits for a person is theirs."
    Received.objects.update(next_try_at=Now())
    response = Client().get("/health/systems/")
    assert (response.status_code, response.json()["notices"]["carrier"] > 900) == (503, True)
    notice.delete()
    Delivery.objects.filter(id=delivery.id).update(since=long_ago, next_try_at=Now())
    response = Client().get("/health/systems/")
    assert (response.status_code, response.json()["partners"][subscription.name] > 900) == (503, True)
    PartnerSubscription.objects.update(stopped=True)
    assert Client().get("/health/systems/").status_code == 200, "They want nothing now."


def a_subscription() -> PartnerSubscription:
    partner = Partner.objects.create(name="Tea & Co")
    return PartnerSubscription.objects.create(partner=partner, url="https://tea.example/secret-path", types=[])


def test_notices_have_their_figures() -> None:
    a_notice()
    lines = [*inbox_lines()]
    assert 'system_notices_waiting{system="carrier"} 1' in lines
    assert 'system_notices_for_a_person{system="carrier"} 1' in lines
    assert 'system_notices_oldest_seconds{system="carrier"} 0' in lines


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


def test_letters_are_counted_by_what_became_of_them() -> None:
    ReceivedCount.objects.create(system="post", outcome="forged", letters=3)
    assert 'system_letters_total{system="post",outcome="forged"} 3' in [*letter_lines()]


def test_operators_see_the_borders_at_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    Post.mood = "closed"
    begin("tea", "ann", how="by_letter")
    rest()
    ReceivedCount.objects.create(system="post", outcome="kept", letters=2)
    call_command("systems")
    said = capsys.readouterr().out
    assert "post" in said
    assert "The post is closed." in said
    assert "Letters of post: 2 kept." in said
    call_command("systems", json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["systems"][0]["waiting"], told["letters"]) == (1, {"post": {"kept": 2}})
