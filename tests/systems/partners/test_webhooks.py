"""Webhooks: signed, at least once under the same id, in order for each order, tried for days, parked, replayable."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from accounts.models import PartnerSubscription
from eventstore import clock, deliveries
from eventstore.models import Border, Checkpoint, Delivery, Parked, PersonKey
from eventstore.personal import destroy_key
from orders.systems.partners import delivery, network, subscribing, tasks
from orders.systems.partners.asking import Asked
from projections import partner_events
from tests.eventstore.together import elsewhere, until_blocked
from tests.shop import KETTLE, change_price, follow
from tests.systems.partners.asking import Systems, systems_of
from tests.systems.partners.receiver import Receiver, receiver

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def subscribed(systems: Systems, there: Receiver, **said: Any) -> tuple[PartnerSubscription, str]:
    """A subscription, and its secret."""
    answer = systems.post("subscriptions/", {"url": there.url} | said)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    return PartnerSubscription.objects.get(id=told["subscription_id"]), told["secret"]


def deliver_everything() -> None:
    """Give every subscription what is due."""
    for subscription in delivery.active():
        delivery.deliver(subscription)


def tell() -> None:
    """The readers move, and whoever is to be told something is."""
    follow()
    deliver_everything()


def standing(systems: Systems, of: PartnerSubscription) -> Any:
    return systems.get(f"subscriptions/{of.id}/").json()


def unsubscribe(systems: Systems, subscription: PartnerSubscription) -> None:
    """The partner wants no more."""
    path = {"subscription_id": subscription.id}
    subscribing.unsubscribe(Asked(systems.partner, frozenset(), path, None, None, uuid4(), HttpRequest()))


def later(by: timedelta) -> None:
    """What waited for its next try is due, as if that time had gone by."""
    earlier = {moment: F(moment) - by for moment in ("next_try_at", "since", "failing_since")}
    Delivery.objects.update(**earlier)
    Border.objects.update(open_until=None)


def test_a_partner_is_told_by_a_letter_that_can_be_verified(systems: Systems, there: Receiver) -> None:
    subscription, secret = subscribed(systems, there)
    order_id = systems.placed()
    tell()
    [said] = there.bodies(secret)
    assert said["type"] == "example.shop.order.placed.v1"
    assert said["subject"] == str(order_id)
    headers, body = there.got[0]
    assert headers["webhook-id"] == said["id"]
    assert headers["content-type"].startswith("application/cloudevents+json")
    assert said in systems.get("events/").json()["events"]
    for wrong, headers_then in ((body + b" ", headers), (body, headers | {"webhook-id": "x"})):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(wrong, headers_then)
    tell()
    assert len(there.got) == 1
    assert standing(systems, subscription)["waiting"] == 0


def test_a_subscription_begins_now_or_where_it_is_told_to(systems: Systems, there: Receiver) -> None:
    follow()
    subscribed(systems, there)
    tell()
    assert there.got == []
    _, secret = subscribed(systems, there, after=0, types=["example.shop.product.listed.v1"])
    tell()
    assert {each["type"] for each in there.bodies(secret)} == {"example.shop.product.listed.v1"}
    assert len(there.got) == 3


def test_only_ones_own_orders_and_the_catalogue(systems: Systems, there: Receiver) -> None:
    _, secret = subscribed(systems, there)
    systems_of("Others").placed()
    change_price(KETTLE, 9900)
    tell()
    assert [each["type"] for each in there.bodies(secret)] == ["example.shop.product.price_changed.v1"]


def test_what_is_not_taken_holds_up_its_own_order_only(systems: Systems, there: Receiver) -> None:
    subscription, secret = subscribed(systems, there)
    first, second = systems.placed(), systems.placed()
    there.refuses = {str(first)}
    systems.post(f"orders/{first}/cancellation/", {"reason": "takes_too_long"})
    systems.post(f"orders/{second}/cancellation/", {"reason": "takes_too_long"})
    tell()
    taken = [(each["subject"], each["type"].split(".")[-2]) for each in there.bodies(secret)]
    assert taken == [(str(first), "placed"), (str(second), "placed"), (str(second), "cancelled")]
    found = standing(systems, subscription)
    assert (found["waiting"], found["parked"]) == (2, 0)
    there.refuses, there.got = set(), []
    Delivery.objects.update(next_try_at=clock.now())
    tell()
    assert [each["type"].split(".")[-2] for each in there.bodies(secret)] == ["placed", "cancelled"]
    assert standing(systems, subscription)["waiting"] == 0


def test_it_is_tried_for_days_ever_more_seldom_then_parked_and_replayed_under_the_same_id(
    systems: Systems, there: Receiver
) -> None:
    subscription, secret = subscribed(systems, there)
    systems.placed()
    follow()
    there.answers = [500] * 100
    pauses, gone_by = [], timedelta()
    while True:
        deliver_everything()
        [row] = Delivery.objects.all()
        if row.next_try_at is None:
            break
        pauses.append(row.next_try_at - clock.now())
        later(pauses[-1])
        gone_by += pauses[-1]
    assert timedelta(days=5) <= gone_by <= timedelta(days=6)
    assert timedelta(seconds=2) < pauses[0] <= timedelta(seconds=5)
    assert all(timedelta(hours=3) < pause <= timedelta(hours=6) for pause in pauses[-5:])
    assert 20 <= len(there.got) <= 60
    found = standing(systems, subscription)
    assert (found["waiting"], found["parked"]) == (1, 1)
    there.answers = []
    tell()
    assert standing(systems, subscription)["parked"] == 1
    assert systems.post(f"subscriptions/{subscription.id}/replay/", {"after": row.position - 1}).status_code == 200
    tell()
    assert standing(systems, subscription)["waiting"] == 0
    assert len({headers["webhook-id"] for headers, _ in there.got}) == 1
    assert len(there.bodies(secret)) == len(there.got)


def test_what_is_tried_late_for_the_first_time_is_tried_for_days_all_the_same(
    systems: Systems, there: Receiver
) -> None:
    subscription, _ = subscribed(systems, there)
    systems.placed()
    follow()
    deliveries.fill(delivery.reader_of(subscription), partner_events.settled_until())
    later(timedelta(days=9))  # in which no worker was there
    there.answers = [500]
    deliver_everything()
    assert standing(systems, subscription)["parked"] == 0
    later(timedelta(hours=1))
    deliver_everything()
    assert standing(systems, subscription)["waiting"] == 0


def test_a_partner_replays_from_any_position(systems: Systems, there: Receiver) -> None:
    subscription, secret = subscribed(systems, there, after=0)
    systems.placed()
    tell()
    whole = there.bodies(secret)
    there.got = []
    systems.post(f"subscriptions/{subscription.id}/replay/", {"after": int(whole[1]["sequence"])})
    tell()
    assert there.bodies(secret) == whole[2:]


def test_one_that_fails_is_left_alone_for_a_while_and_others_are_told(systems: Systems, there: Receiver) -> None:
    subscription, _ = subscribed(systems, there, after=0)
    for _ in range(10):
        systems.placed()
    with receiver() as other:
        others, secret = systems_of("Others"), ""
        _, secret = subscribed(others, other, after=0)
        there.answers = [503] * 100
        tell()
        assert len(there.got) == 5
        assert len(other.bodies(secret)) == 3
    assert Border.objects.get(system=subscription.name).open_until is not None
    deliver_everything()
    assert len(there.got) == 5
    assert standing(systems, subscription)["error"] == "The answer was 503."


def test_no_more_than_so_much_waits_in_rows(systems: Systems, there: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "MOST_WAITING", 3)
    subscription, secret = subscribed(systems, there, after=0)
    for cents in range(9000, 9010):
        change_price(KETTLE, cents)
    follow()
    reader = delivery.reader_of(subscription)
    reader.batch = 2
    monkeypatch.setattr(delivery, "reader_of", lambda _: reader)
    there.answers = [500] * 5
    deliver_everything()
    assert 3 <= Delivery.objects.count() <= 5
    assert standing(systems, subscription)["position"] < 13
    for _ in range(10):
        Delivery.objects.update(next_try_at=clock.now())
        Border.objects.update(open_until=None, failures=0)
        deliver_everything()
    assert Delivery.objects.count() == 0
    sequences = [each["sequence"] for each in there.bodies(secret)]
    assert len(set(sequences)) == 13


def test_whoever_comes_back_too_late_changes_nothing(systems: Systems, there: Receiver) -> None:
    subscription, _ = subscribed(systems, there)
    systems.placed()
    follow()
    deliveries.fill(delivery.reader_of(subscription), partner_events.settled_until())
    first = deliveries.claim(subscription.name)
    assert first
    assert deliveries.claim(subscription.name) is None
    Delivery.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    second = deliveries.claim(subscription.name)
    assert second
    deliveries.arrived(first, 0.1)
    deliveries.failed(first, 0.1, "Late.")
    [row] = Delivery.objects.all()
    assert (row.token, row.attempts, row.error) == (second.token, 2, "")
    deliveries.arrived(second, 0.1)
    assert not Delivery.objects.exists()


def test_whoever_unsubscribes_while_they_are_told_something_leaves_nothing_behind(
    systems: Systems, there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription, _ = subscribed(systems, there)
    systems.placed()
    follow()

    def unsubscribing(*_: object) -> int:
        unsubscribe(systems, subscription)
        return 500

    monkeypatch.setattr(delivery, "post", unsubscribing)
    deliver_everything()
    assert not Delivery.objects.exists()
    assert not Border.objects.filter(system=subscription.name).exists()
    assert not Checkpoint.objects.filter(reader=subscription.name).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("task", "body"), [("secret", {}), ("replay", {"after": 0})])
def test_what_is_done_with_a_subscription_as_it_ends_finds_none(
    systems: Systems, there: Receiver, task: str, body: dict[str, int]
) -> None:
    subscription, _ = subscribed(systems, there)
    ended = threading.Event()

    def end() -> None:
        with transaction.atomic():
            unsubscribe(systems, subscription)
            ended.set()
            until_blocked()

    ending = elsewhere(end)
    assert ended.wait(10)
    assert systems.post(f"subscriptions/{subscription.id}/{task}/", body).status_code == 404
    ending.result(timeout=10)
    assert not Checkpoint.objects.filter(reader=subscription.name).exists()


def test_a_secret_is_changed_and_both_hold_for_a_day(
    systems: Systems, there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription, old = subscribed(systems, there)
    first, again = (systems.post(f"subscriptions/{subscription.id}/secret/", {}, "k").json() for _ in range(2))
    assert first == again
    assert first["secret"] != old
    systems.placed()
    tell()
    assert there.bodies(old) == there.bodies(first["secret"])
    PartnerSubscription.objects.update(secret_since=timezone.now() - timedelta(days=2))
    there.got = []
    systems.placed()
    tell()
    assert there.bodies(first["secret"])
    with pytest.raises(WebhookVerificationError):
        there.bodies(old)


def test_personal_data_is_told_to_whoever_asked_and_may_until_it_is_erased(systems: Systems, there: Receiver) -> None:
    assert systems.post("subscriptions/", {"url": there.url, "personal_data": True}).status_code == 403
    systems.partner.may_see_personal_data = True
    systems.partner.save()
    subscription, secret = subscribed(systems, there, personal_data=True)
    customer = systems.customer()
    systems.place(customer)
    tell()
    assert there.bodies(secret)[0]["data"]["delivery_address"]["city"] == "Leipzig"
    destroy_key(customer)
    systems.partner.may_see_personal_data = False
    for _ in range(2):
        there.got = []
        systems.post(f"subscriptions/{subscription.id}/replay/", {"after": 0})
        tell()
        placed = [each for each in there.bodies(secret) if "order.placed" in each["type"]]
        assert placed[0]["data"]["delivery_address"] is None
        systems.partner.save()


def test_whoever_answers_gone_is_told_no_more_until_they_replay(systems: Systems, there: Receiver) -> None:
    subscription, _ = subscribed(systems, there)
    there.answers = [410]
    systems.placed()
    tell()
    systems.placed()
    tell()
    assert len(there.got) == 1
    assert standing(systems, subscription)["stopped"]
    systems.post(f"subscriptions/{subscription.id}/replay/", {"after": 0})
    tell()
    assert not standing(systems, subscription)["stopped"]
    assert len(there.got) > 2


def test_a_subscription_is_made_once_shown_to_its_own_partner_and_deleted(systems: Systems, there: Receiver) -> None:
    body = {"url": there.url}
    first, again = (systems.post("subscriptions/", body, "k") for _ in range(2))
    assert first.json() == again.json()
    assert systems.post("subscriptions/", {"url": there.url + "/x"}, "k").json()["type"].endswith("key_reused/")
    [listed] = systems.get("subscriptions/").json()["subscriptions"]
    address = f"subscriptions/{listed['subscription_id']}/"
    assert systems.get(address).json() == listed
    assert "secret" not in json.dumps(listed)
    other = systems_of("Others")
    assert other.get(address).status_code == 404
    assert other.get("subscriptions/").json() == {"subscriptions": []}
    for deed, said in (("replay", {"after": 0}), ("secret", {})):
        assert other.post(f"{address}{deed}/", said).status_code == 404
    assert other.client.delete(f"/api/v1/{address}").status_code == 404
    systems.placed()
    follow()
    there.answers = [500]
    tell()
    gone = systems.client.delete(f"/api/v1/{address}")
    assert (gone.status_code, gone.content) == (204, b"")
    assert "Content-Type" not in gone.headers
    name = f"partner:{listed['subscription_id']}"
    assert not Delivery.objects.filter(subscription=name).exists()
    assert not Checkpoint.objects.filter(reader=name).exists()
    assert not PersonKey.objects.filter(person=name).exists()
    assert systems.get(address).status_code == 404


def test_where_nobody_is_told_anything(systems: Systems, settings: Any) -> None:
    settings.PARTNERS_ON_LOOPBACK = False
    for url in ("https://127.0.0.1/", "https://localhost/", "https://10.0.0.1/", "http://example.com/", "nowhere"):
        answer = systems.post("subscriptions/", {"url": url})
        assert answer.status_code == 422, url
        assert answer.json()["type"].endswith("refused/")
    assert not PartnerSubscription.objects.exists()


def test_what_leads_inside_only_later_is_not_sent(systems: Systems, there: Receiver, settings: Any) -> None:
    subscription, _ = subscribed(systems, there)
    systems.placed()
    settings.PARTNERS_ON_LOOPBACK = False
    tell()
    assert there.got == []
    assert standing(systems, subscription)["error"] == "The address has to begin with https://."


def test_a_partner_has_a_few_subscriptions(systems: Systems, there: Receiver) -> None:
    for _ in range(10):
        subscribed(systems, there)
    assert "at most 10" in systems.post("subscriptions/", {"url": there.url}).json()["detail"]
    assert "no type none" in systems.post("subscriptions/", {"url": there.url, "types": ["none"]}).json()["detail"]


def test_an_inactive_partner_is_told_nothing(systems: Systems, there: Receiver) -> None:
    subscribed(systems, there)
    systems.placed()
    systems.partner.is_active = False
    systems.partner.save()
    tell()
    assert there.got == []


def test_celery_looks_who_is_to_be_told(systems: Systems, there: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[str] = []
    monkeypatch.setattr(tasks.deliver, "apply_async", lambda arguments, **_: rung.append(arguments[0]))
    follow()
    subscription, secret = subscribed(systems, there)
    tasks.look()
    assert rung == []
    systems.placed()
    follow()
    tasks.look()
    assert rung == [str(subscription.id)]
    tasks.deliver(rung[0])
    assert len(there.bodies(secret)) == 1
    tasks.look()
    assert len(rung) == 1
    there.answers = [500]
    systems.placed()
    follow()
    tasks.deliver(str(subscription.id))
    tasks.look()
    assert len(rung) == 2
    tasks.deliver(str(UUID(int=1)))


def test_nothing_is_sent_within_a_transaction_of_ours(systems: Systems, there: Receiver, monkeypatch: Any) -> None:
    from django.db import connection

    depths: list[int] = []
    outside = len(connection.savepoint_ids)

    def posting(*_: Any) -> int:
        depths.append(len(connection.savepoint_ids) - outside)
        return 204

    monkeypatch.setattr(delivery, "post", posting)
    subscribed(systems, there)
    systems.placed()
    tell()
    assert depths == [0]
    assert deliveries.LEASE.total_seconds() > network.SECONDS


def test_operators_have_figures_of_each_partner(systems: Systems, there: Receiver) -> None:
    from accounts.domain.roles import OPERATIONS
    from tests.shop import browsing, somebody

    subscription, _ = subscribed(systems, there)
    systems.placed()
    systems.get("orders/nothing/")
    systems.get("orders/?after=x")
    there.answers = [500]
    tell()
    text = browsing(somebody(OPERATIONS)).get("/metrics/").content.decode()
    partner, one = f'partner="{systems.partner.id}"', f'subscription="{subscription.id}"'
    assert f"partner_requests_total{{{partner}}} 4" in text
    assert f"partner_errors_total{{{partner}}} 1" in text
    assert f"partner_seconds_total{{{partner}}} 0." in text
    assert f"partner_waiting{{{partner},{one}}} 1" in text
    assert f"partner_parked{{{partner},{one}}} 0" in text
    assert f"partner_oldest_seconds{{{partner},{one}}} " in text
    assert f'system_errors_total{{system="{subscription.name}"}} 1' in text


def test_what_was_ended_while_a_worker_has_it_stays_so(systems: Systems, there: Receiver) -> None:
    subscription, _ = subscribed(systems, there)
    name = Checkpoint.objects.get(reader=subscription.name).reader
    reader = delivery.reader_of(subscription)
    deliveries.end(name)
    tell()
    deliveries.fill(reader, partner_events.settled_until())
    assert not Checkpoint.objects.filter(reader=name).exists()
    assert not Delivery.objects.exists()


def parked(systems: Systems, subscription: PartnerSubscription, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two orders that cannot be put on their way to a subscription; what they are about."""
    orders = [str(systems.placed()) for _ in range(2)]
    with monkeypatch.context() as patch:
        patch.setattr(delivery, "subject_of", {}.__getitem__)  # which finds nothing
        tell()
    assert Parked.objects.filter(reader=subscription.name).count() == 2
    return orders


def test_what_could_not_be_put_on_its_way_is_sent_with_a_replay(
    systems: Systems, there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription, secret = subscribed(systems, there)
    orders = parked(systems, subscription, monkeypatch)
    assert there.got == []
    systems.post(f"subscriptions/{subscription.id}/replay/", {"after": 0})
    tell()
    assert [each["subject"] for each in there.bodies(secret) if "order.placed" in each["type"]] == orders
    assert not Parked.objects.exists()


def test_nothing_stays_parked_for_a_subscription_that_was_ended(
    systems: Systems, there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription, _ = subscribed(systems, there)
    parked(systems, subscription, monkeypatch)
    deliveries.end(subscription.name)
    assert not Parked.objects.exists()
