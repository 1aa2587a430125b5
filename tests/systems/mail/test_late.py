"""An e-mail that leaves late asks for nothing that was done meanwhile."""

from typing import Any

import pytest
from django.test import override_settings

from accounts.models import SentEmail
from eventstore.rest import to_rest
from orders.domain import order, payment
from orders.domain.money import Money
from tests.processes import play
from tests.shop import MUG, send
from tests.systems.mail.looking import later, nobody, texts
from tests.systems.mail.postbox import Postbox

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_e_mail_that_comes_late_asks_for_no_money_that_has_come(box: Postbox) -> None:
    order_id = play.place(terms="on_account")
    (shipment_id,) = play.planned(order_id)
    with override_settings(MAILERS={"default": nobody()}):
        play.pick(shipment_id)
        play.dispatch(shipment_id)
        later(60 * 24 * 15)
        later(60 * 24 * 8)
        paid: dict[str, Any] = {"amount": Money(cents=2500), "transfer": "T-1"}
        send(payment.RecordInvoicePayment(order_id=order_id, shipment_id=shipment_id, **paid))
        to_rest()
    later(20)
    assert "InvoiceReminded" in play.names(order_id)
    assert any("is on its way" in subject for subject in box.subjects)
    assert [text for text in texts(box) if "ransfer" in text] == []


def test_nor_for_another_card_once_the_order_is_rejected(box: Postbox) -> None:
    order_id = play.place()
    with override_settings(MAILERS={"default": nobody()}):
        play.decline(order_id)
        later(31)
    later(20)
    assert "OrderRejected" in play.names(order_id)
    assert [text for text in texts(box) if "another card" in text] == []


def test_nor_for_an_answer_that_was_given(box: Postbox) -> None:
    order_id = play.place({MUG: 50})
    play.authorize(order_id, days=60)
    with override_settings(MAILERS={"default": nobody()}):
        later(60 * 24 * 15)
        send(order.AnswerBackorder(order_id=order_id, answer="wait"))
        to_rest()
    later(20)
    assert "BackorderAnswered" in play.names(order_id)
    assert [text for text in texts(box) if "Tell us" in text] == []


def test_what_was_put_off_until_it_was_settled_is_not_said_to_be_tried_again(box: Postbox) -> None:
    order_id = play.place()
    box.rcpt = "450 Greylisted"
    play.decline(order_id)
    assert SentEmail.objects.get(content__kind="card_declined").state == "later"
    with override_settings(MAILERS={"default": nobody()}):
        later(31)
    box.rcpt = "250 OK"
    later(20)
    assert "OrderRejected" in play.names(order_id)
    assert not SentEmail.objects.filter(content__kind="card_declined").exists()


def test_what_is_still_to_be_done_is_asked_for_however_late_it_is(box: Postbox) -> None:
    order_id = play.place(terms="on_account")
    (shipment_id,) = play.planned(order_id)
    with override_settings(MAILERS={"default": nobody()}):
        play.pick(shipment_id)
        play.dispatch(shipment_id)
        later(60 * 24 * 15)
        later(60 * 24 * 8)
    later(20)
    assert len([text for text in texts(box) if "ransfer" in text]) == 2
