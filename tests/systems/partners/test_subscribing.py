"""A subscription is made once for each key, whoever else sends the same at the same moment."""

import threading
from typing import Any

import pytest

from accounts.models import PartnerSubscription
from orders.systems.partners import subscribing
from tests.eventstore.together import at_once
from tests.systems.partners.asking import Systems
from tests.systems.partners.receiver import receiver


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("paths", [["a", "a"], ["a", "b"]], ids=["the same", "something else"])
def test_the_same_key_twice_at_once_makes_one_subscription(
    systems: Systems, monkeypatch: pytest.MonkeyPatch, paths: list[str]
) -> None:
    """Both have found none before either makes one."""
    both, asking = threading.Barrier(2), subscribing.ask_reachable

    def reachable(url: str) -> None:
        asking(url)
        both.wait(10)

    monkeypatch.setattr(subscribing, "ask_reachable", reachable)
    with receiver() as there:

        def subscribe(which: int) -> Any:
            body = {"url": f"{there.url}/{paths[which]}"}
            return Systems(systems.partner, systems.token).post("subscriptions/", body, "our-hooks")

        answers = at_once(2, subscribe)
    assert PartnerSubscription.objects.count() == 1
    if paths == ["a", "a"]:
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json() == answers[1].json()
    else:
        assert sorted(answer.status_code for answer in answers) == [201, 422]
        assert {answer.json().get("type") for answer in answers} == {None, "/api/v1/problems/key_reused/"}
