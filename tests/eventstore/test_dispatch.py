"""Dispatch: once for each command's id, only for whoever may, and decided anew when somebody else came first."""

import time
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import msgspec
import pytest
from django.db import transaction
from django.utils import translation
from django.utils.crypto import salted_hmac
from uuid_utils.compat import uuid7

from accounts.domain.roles import ADMIN, WAREHOUSE
from eventstore import dispatch as dispatching
from eventstore import log
from eventstore.dispatch import ATTEMPTS, FIRST_PAUSE, Actor, Answer, load, rehearse
from eventstore.errors import CommandReused, Conflict, Invalid
from eventstore.messages import Command, Refused
from eventstore.refusals import kept, told_again
from orders.domain.stock_item import ReceiveStock
from orders.streams import STOCK_ITEM
from orders.templatetags.shop import sentence
from tests import factories
from tests.eventstore.people import ADA, DELIVERY, MUG, OTTO, SOFIA, WIM, send
from tests.eventstore.pieces import METADATA, append_pieces, count
from tests.eventstore.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def on_hand() -> int:
    """How many mugs there are."""
    return int(load(STOCK_ITEM, "stock_item-MUG").state.on_hand)


# Once for each id


def test_the_same_id_again_gets_the_first_answer() -> None:
    sent = partial(send, MUG, ADA, uuid7())
    first = sent()
    again = sent()
    assert (again.command, again.events, again.position) == (first.command, first.events, first.position)
    assert len(first.events) == count("eventstore_event") == 1


def test_the_same_id_again_gets_the_first_answer_when_nothing_had_to_happen() -> None:
    send(MUG, ADA)
    sent = partial(send, factories.ChangePrice.build(sku="MUG", price=MUG.price), ADA, uuid7())
    assert sent().events == sent().events == ()
    send(factories.WithdrawProduct.build(sku="MUG"), ADA)
    assert sent().events == (), "although the price of what is withdrawn cannot be changed"


def test_the_same_id_again_gets_the_same_refusal_even_where_it_could_be_done_now() -> None:
    send(MUG, ADA)
    sent = partial(send, MUG, ADA, uuid7())
    with pytest.raises(Refused) as first:
        sent()
    send(factories.WithdrawProduct.build(sku="MUG"), ADA)
    assert rehearse(MUG, actor=ADA) is None
    with pytest.raises(Refused) as again:
        sent()
    assert str(again.value) == str(first.value) == "Enamel mug is in the catalogue already."
    assert (again.value.sentence, again.value.values) == ("{name} is in the catalogue already.", {"name": "Enamel mug"})
    assert count("eventstore_event") == 2


def test_a_refusal_that_speaks_of_money_is_told_again() -> None:
    order = factories.PlaceOrder.build()
    dearer = factories.Offer.build(sku=order.lines[0].sku, price=factories.Money.build(cents=4999))
    sent = partial(send, factories.PlaceOrder.build(lines=order.lines, offers=(dearer,)), SOFIA, uuid7())
    for _ in range(2):
        with pytest.raises(Refused, match=r"^Enamel mug now costs €49\.99 instead of €42\.00\.$"):
            sent()


def test_in_each_language_as_it_was_told_there_first() -> None:
    values: dict[str, object] = {
        "now": factories.Money.build(cents=123450),
        "on": date(2026, 3, 2),
        "left": 3,
        "name": "A",
    }
    refused = Refused("{name}: {now} on {on}, {left}", **values)
    again = told_again(msgspec.json.decode(msgspec.json.encode(kept(refused))))
    assert str(again) == str(refused) == "A: €1,234.50 on 2026-03-02, 3"
    for language, told in {
        "en": "A: €1,234.50 on 2 March 2026, 3",
        "de": "A: 1.234,50\N{NO-BREAK SPACE}€ on 2. März 2026, 3",
    }.items():
        with translation.override(language):
            assert sentence(again.sentence, again.values) == sentence(refused.sentence, values) == told


def test_and_so_is_one_that_was_kept_as_text_alone() -> None:
    command, command_id = factories.PlaceOrder.build(), uuid7()
    kept = {"sentence": "{name} now costs {now}.", "values": {"name": "Enamel mug", "now": "€49.99"}}
    log.keep(log.Receipt(command_id, "PlaceOrder", dispatching.digest(command), SOFIA.id, refusal=kept))
    with pytest.raises(Refused, match=r"^Enamel mug now costs €49\.99\.$"):
        send(command, SOFIA, command_id)


@pytest.mark.parametrize("other", [ReceiveStock(sku="MUG", quantity=6), ReceiveStock(sku="CUP", quantity=5), MUG])
def test_an_id_stands_for_one_content(other: Command) -> None:
    anybody = Actor("wim", frozenset({WAREHOUSE, ADMIN}))
    command_id = uuid7()
    send(DELIVERY, anybody, command_id)
    with pytest.raises(CommandReused, match=r"^This was sent before with other content"):
        send(other, anybody, command_id)
    assert count("eventstore_event") == 1


@pytest.mark.parametrize("first", [MUG, factories.ListProduct.build(name=" ")], ids=["done", "refused"])
def test_an_id_stands_for_one_actor(first: Command) -> None:
    command_id = uuid7()
    try:
        send(first, ADA, command_id)
    except Refused:
        assert first is not MUG
    with pytest.raises(CommandReused, match=r"^This was sent before by somebody else"):
        send(first, OTTO, command_id)


def test_what_the_shop_looks_up_itself_may_differ_the_second_time() -> None:
    order, command_id = factories.PlaceOrder.build(), uuid7()
    first = send(order, SOFIA, command_id)
    told_later = {"offers": (), "suspended": True}
    again = factories.PlaceOrder.build(**{name: getattr(order, name) for name in order.__struct_fields__} | told_later)
    assert send(again, SOFIA, command_id).events == first.events


def test_of_many_who_send_the_same_at_once_all_get_one_answer() -> None:
    command_id = uuid7()
    answers = at_once(8, lambda _: send(DELIVERY, WIM, command_id).events)
    assert answers == [answers[0]] * 8
    assert on_hand() == 5


def test_of_many_who_are_refused_the_same_at_once_all_get_one_answer() -> None:
    command_id = uuid7()

    def refused(_: int) -> str:
        with pytest.raises(Refused) as error:
            send(ReceiveStock(sku="MUG", quantity=0), WIM, command_id)
        return str(error.value)

    assert set(at_once(8, refused)) == {"Enter a quantity between 1 and 100,000."}
    assert count("eventstore_receipt") == 1


# What cannot be


class Undecided(Command):
    """A command that nobody decides."""


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (Undecided(), "No decider takes the command Undecided."),
        (ReceiveStock(sku="A\0", quantity=1), "ReceiveStock: a text in it holds a NUL character."),
        (ReceiveStock(sku="\ud800", quantity=1), "ReceiveStock: a text in it is not valid Unicode."),
        (ReceiveStock(sku="A", quantity="1"), "ReceiveStock: Expected `int`, got `str`"),  # type: ignore[arg-type]  # bad on purpose
        (ReceiveStock(sku="x" * 1_000_000, quantity=1), "ReceiveStock is 10000"),
    ],
)
def test_a_command_that_cannot_be_leaves_no_trace(command: Command, sentence: str) -> None:
    with pytest.raises(Invalid) as invalid:
        send(command, WIM)
    assert sentence in str(invalid.value)
    assert count("eventstore_event") == count("eventstore_receipt") == 0


# To try it


def test_a_rehearsal_gives_the_rules_own_sentence_and_appends_nothing() -> None:
    assert rehearse(MUG, actor=ADA) is None
    assert count("eventstore_event") == 0
    send(MUG, ADA)
    refused = rehearse(MUG, actor=ADA)
    assert str(refused) == "Enamel mug is in the catalogue already."
    assert (count("eventstore_event"), count("eventstore_receipt")) == (1, 1)


def test_a_rehearsal_says_when_nothing_would_come_of_it() -> None:
    send(MUG, ADA)
    dearer, same = (factories.ChangePrice.build(sku="MUG", price=price) for price in (MUG.price * 2, MUG.price))
    assert rehearse(dearer, actor=ADA) is None
    assert str(rehearse(same, actor=ADA)) == "There is nothing left to do here: it is so already."


# When somebody else came first


def test_of_many_who_change_one_stream_nobody_loses_an_update() -> None:
    def deliver(which: int) -> int:
        conflicts = 0
        for _ in range(5):
            command_id = uuid7()
            while True:
                try:
                    send(ReceiveStock(sku="MUG", quantity=10**which), WIM, command_id)
                    break
                except Conflict:
                    conflicts += 1
        return conflicts

    conflicts = at_once(5, deliver)
    assert on_hand() == 55555
    assert count("eventstore_event") == count("eventstore_receipt") == 25
    assert sum(conflicts) <= 5, "what collides is decided again without the sender's help"


def interfering(monkeypatch: pytest.MonkeyPatch, rival: Callable[[], object], times: int = 10**6) -> list[str]:
    """Have a rival append after each load, `times` times; the streams that were loaded are noted."""
    loads: list[str] = []

    def load_and_be_late(category: Any, stream: str) -> Any:
        loads.append(stream)
        loaded = load(category, stream)
        if len(loads) <= times:
            rival()
        return loaded

    monkeypatch.setattr(dispatching, "load", load_and_be_late)
    return loads


def test_whoever_is_always_late_gives_up_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    loads = interfering(monkeypatch, lambda: append_pieces("stock_item-MUG", 1))
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    with pytest.raises(Conflict) as conflict:
        send(DELIVERY, WIM)
    assert len(loads) == ATTEMPTS == on_hand()
    assert [recorded.version for recorded in conflict.value.meanwhile] == [ATTEMPTS]
    assert count("eventstore_receipt") == 0
    assert len(pauses) == ATTEMPTS - 1
    assert all(0 <= pause <= FIRST_PAUSE * 2**place for place, pause in enumerate(pauses))
    assert len(set(pauses)) > 1


def test_after_a_conflict_the_rules_are_asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = log.New("product-MUG", [factories.ProductListed.build(sku="MUG", name="Other mug")])
    loads = interfering(monkeypatch, lambda: log.append([listed], log.Metadata("otto", uuid7())), times=1)
    with pytest.raises(Refused, match="Other mug is in the catalogue"):
        send(MUG, ADA)
    assert len(loads) == 2


def test_inside_somebody_elses_transaction_nothing_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    loads = interfering(monkeypatch, lambda: append_pieces("stock_item-MUG", 1), times=1)
    with transaction.atomic():
        with pytest.raises(Conflict):
            send(DELIVERY, WIM)
        send(DELIVERY, WIM)
    assert len(loads) == 2
    assert on_hand() == 6


# When somebody saw another version


def test_whoever_saw_an_older_version_is_told_what_happened_since() -> None:
    send(DELIVERY, WIM)
    send(DELIVERY, WIM, expected_version=1)
    with pytest.raises(Conflict) as conflict:
        send(DELIVERY, WIM, expected_version=1)
    assert (conflict.value.stream, conflict.value.expected) == ("stock_item-MUG", 1)
    assert [recorded.version for recorded in conflict.value.meanwhile] == [2]
    assert (on_hand(), count("eventstore_receipt")) == (10, 2)


def test_whoever_saw_a_version_does_not_try_again_on_another(monkeypatch: pytest.MonkeyPatch) -> None:
    loads = interfering(monkeypatch, lambda: append_pieces("stock_item-MUG", 1))
    with pytest.raises(Conflict):
        send(DELIVERY, WIM, expected_version=0)
    assert len(loads) == 1


def test_what_was_done_is_answered_whatever_happened_since() -> None:
    sent = partial(send, DELIVERY, WIM, uuid7(), expected_version=0)
    first = sent()
    send(DELIVERY, WIM)
    assert sent().events == first.events


@pytest.mark.parametrize("version", [-1, -(2**70), 2**31 - 1, 2**31, 2**63, 2**70, True, 1.0, "1", float("nan")])
def test_a_version_that_no_stream_can_have_gets_a_sentence(version: Any) -> None:
    with pytest.raises(Invalid, match=r"^.* cannot be the version of a stream\.$"):
        send(DELIVERY, WIM, expected_version=version)
    assert count("eventstore_event") == count("eventstore_receipt") == 0


def test_a_version_that_is_not_there_yet_was_seen_by_nobody() -> None:
    with pytest.raises(Conflict, match=r"^Version 1000000 of stock_item-MUG was expected; "):
        send(DELIVERY, WIM, expected_version=10**6)
    assert count("eventstore_event") == count("eventstore_receipt") == 0


# What is in the stream


def test_an_event_of_another_category_in_the_stream_is_said_and_nothing_comes_of_the_command() -> None:
    log.append(
        [log.New("product-MUG", [factories.ProductListed.build(sku="MUG"), factories.StockCounted.build()], 0)],
        METADATA,
    )
    withdraw = partial(send, factories.WithdrawProduct.build(sku="MUG"), ADA, uuid7())
    for _ in range(2):
        with pytest.raises(Invalid, match=r"^StockCounted, event 2 of product-MUG, is none of the category product\.$"):
            withdraw()
    assert (count("eventstore_event"), count("eventstore_receipt")) == (2, 0)


# What is recorded and answered


def test_events_carry_who_asked_and_what_led_to_it() -> None:
    command_id, first_cause, cause = uuid7(), uuid7(), uuid7()
    first = send(DELIVERY, WIM, command_id)
    then = send(DELIVERY, WIM, correlation=first_cause, causation=cause)
    (one,), (other,) = ([log.event_by_id(event) for event in answer.events] for answer in (first, then))
    assert one is not None
    assert (one.actor, one.command, one.correlation, one.causation) == ("wim", command_id, command_id, None)
    assert other is not None
    assert (other.actor, other.correlation, other.causation) == ("wim", first_cause, cause)


def test_the_answers_position_shows_all_that_was_done() -> None:
    append_pieces("stock_item-CUP", 1, 2, 3)
    answer = send(DELIVERY, WIM)
    append_pieces("stock_item-CUP", 4)
    assert answer.position == 4
    assert [recorded.id for recorded in log.read_log(3)][:1] == list(answer.events)
    assert Answer(uuid7(), ()).position == 0


@pytest.mark.parametrize("command", [factories.ReceiveStock.build(), factories.PlaceOrder.build()], ids=["all", "some"])
def test_a_digest_is_what_it_was_when_its_receipt_was_kept(command: Command) -> None:
    """As it was made at first: of all but what is looked up, with the key that Django has for the name."""
    said = msgspec.to_builtins(command)
    for field in command.looked_up:
        del said[field]
    before = salted_hmac(type(command).__name__, msgspec.json.encode(said), algorithm="sha256").digest()
    assert dispatching.digest(command) == before
