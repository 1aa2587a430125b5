"""An e-mail is sent once, whoever dies on the way, and a person decides where nobody knows."""

from typing import Any
from unittest.mock import patch

import pytest
from uuid_utils.compat import uuid7

from accounts.domain import roles
from accounts.models import SentEmail
from eventstore.effects import Unanswered, asking
from eventstore.models import Effect
from eventstore.process.history import RetryCommand, SkipCommand
from orders.processes.notification import Tell
from orders.systems.mail import sending
from orders.systems.mail.border import MailBorder
from tests.processes import play
from tests.shop import placed_order, send, somebody
from tests.systems.mail.looking import customer_of, later, stuck
from tests.systems.mail.postbox import Postbox

pytestmark = pytest.mark.django_db(transaction=True)


def test_where_nobody_knows_it_is_not_sent_again_unless_a_person_wants_it(box: Postbox) -> None:
    box.hangs_up = True
    order_id = play.place()
    box.hangs_up = False
    later()
    later(10)
    assert len(box.letters) == 1, "It had arrived, and nobody said so."
    assert stuck() == ["NobodyKnows: Nobody knows whether this e-mail was sent. Retry it to have it sent, or skip it."]
    assert [row.state for row in SentEmail.objects.all()] == ["unknown"]
    (effect,) = Effect.objects.filter(next_try_at=None)
    instance = f"notification:{order_id}"
    send(RetryCommand(instance=instance, command_id=effect.command_id, reason="She has not got it."))
    later()
    assert len(box.letters) == 2
    assert box.letters[0]["Message-ID"] == box.letters[1]["Message-ID"]
    assert [row.state for row in SentEmail.objects.all()] == ["sent"]


def test_that_nobody_knows_is_not_forgotten_by_a_worker_that_dies_before_it_has_said_so(box: Postbox) -> None:
    box.hangs_up = True
    play.place()
    box.hangs_up = False
    with patch.object(asking, "failed"):
        later()
    Effect.objects.update(leased_until=None)
    later()
    assert len(box.letters) == 1
    assert [error.partition(":")[0] for error in stuck()] == ["NobodyKnows"]


def test_a_person_can_let_it_be(box: Postbox) -> None:
    box.hangs_up = True
    order_id = play.place()
    box.hangs_up = False
    later()
    (effect,) = Effect.objects.filter(next_try_at=None)
    instance = f"notification:{order_id}"
    send(SkipCommand(instance=instance, command_id=effect.command_id, reason="She has got it."))
    later()
    assert (len(box.letters), Effect.objects.count()) == (1, 0)


def test_a_worker_that_dies_after_the_server_has_answered_sends_nothing_twice(box: Postbox) -> None:
    with patch.object(asking, "settle"):
        play.place()
    Effect.objects.update(leased_until=None)
    later()
    assert (len(box.letters), Effect.objects.count()) == (1, 0)


def test_a_worker_that_dies_before_it_has_spoken_to_the_server_loses_nothing(box: Postbox) -> None:
    with (
        patch("orders.systems.mail.border.MailBorder.ask", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        play.place()
    Effect.objects.update(leased_until=None)
    later()
    assert len(box.letters) == 1


def test_whoever_stood_still_for_longer_than_their_lease_does_not_send_what_others_have_sent(box: Postbox) -> None:
    order_id = placed_order(somebody(roles.CUSTOMER))
    tell = Tell(kind="order_received", order_id=order_id, customer_id=customer_of(order_id))
    key, opened = uuid7(), sending.opened

    def stood_still() -> Any:
        with patch.object(sending, "opened", opened):
            MailBorder().ask(tell, key)
        return opened()

    with patch.object(sending, "opened", stood_still), pytest.raises(Unanswered):
        MailBorder().ask(tell, key)
    assert len(box.letters) == 1
    assert SentEmail.objects.get(key=key).state == SentEmail.State.SENT
