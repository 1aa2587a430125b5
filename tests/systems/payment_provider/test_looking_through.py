"""All that the provider has is held against our books, page by page; what cannot be put right is a person's."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from accounts.domain.roles import FINANCE, WAREHOUSE
from eventstore import log
from eventstore.inbox import left
from eventstore.models import Checkpoint, Effect
from eventstore.rest import to_rest
from orders.domain import payment
from orders.domain.money import Money
from orders.systems.payment_provider import looking_through, stripe_account
from orders.systems.payment_provider.border import PaymentBorder
from orders.systems.payment_provider.looking_through import look_through
from orders.systems.payment_provider.port import Share, Totals
from orders.systems.payment_provider.stripe_account import Stripe
from orders.systems.payment_provider.stripe_checkout import Checkout
from tests import factories
from tests.addresses import a_notice
from tests.connections import connected
from tests.sandbox_room import Stand
from tests.shop import browsing, read, send, somebody
from tests.systems.tempest.buyers import METADATA

pytestmark = pytest.mark.django_db(transaction=True)

TEN, SIX = Money(cents=1000), Money(cents=600)
PROCESSES = ["process:charging", "process:reconciliation"]


@pytest.fixture(autouse=True)
def border(provider: Stripe, desk: Checkout) -> Iterator[PaymentBorder]:
    """The border, at which what was made a moment ago is looked at as well."""
    made = PaymentBorder(provider, desk)
    with connected([made]), patch.object(looking_through, "SETTLING", timedelta(minutes=-5)):
        yield made


def held() -> UUID:
    """An order by card, ten euros of which are held."""
    order_id = uuid7()
    placed = factories.OrderPlaced.build(order_id=order_id, card="pm_card_visa")
    log.append([log.New(f"order-{order_id}", [placed])], METADATA)
    send(payment.RequestPayment(order_id=order_id, attempt=1, amount=TEN))
    to_rest(PROCESSES)
    return order_id


def paid() -> UUID:
    """An order by card, ten euros of which were taken."""
    order_id = held()
    send(payment.CapturePayment(order_id=order_id, shipment_id=uuid7(), amount=TEN))
    to_rest(PROCESSES)
    return order_id


def look(border: PaymentBorder) -> None:
    """Look at everything, from the beginning."""
    Checkpoint.objects.filter(reader=looking_through.PLACE).delete()
    while look_through(border):
        pass


def on_the_list(order_id: UUID) -> list[str]:
    """What waits for a person about an order."""
    return [row.outcome for row in left.left() if row.about == f"ledger of {order_id}"]


def given_back_by_hand(provider: Stripe, order_id: UUID) -> None:
    """Somebody refunds something on the provider's own page."""
    [intent] = provider.intents(order_id)
    provider.refunds_api.create({"payment_intent": intent.id, "amount": 250}, {"idempotency_key": str(uuid7())})


def test_where_the_books_agree_nobody_has_to_look(border: PaymentBorder) -> None:
    order_id, events = paid(), log.number()
    look(border)
    assert (on_the_list(order_id), log.number()) == ([], events)


def test_what_was_done_at_the_provider_itself_is_a_person_s_once(border: PaymentBorder, provider: Stripe) -> None:
    order_id = paid()
    given_back_by_hand(provider, order_id)
    for _ in range(2):
        look(border)
        [said] = on_the_list(order_id)
        assert "has taken €10.00 and given back €2.50; we know of €10.00 and €0.00." in said
    left.set_aside(left.left().get(about=f"ledger of {order_id}").id, by="fin", because="Done by hand.")
    look(border)
    assert on_the_list(order_id) == []
    given_back_by_hand(provider, order_id)
    look(border)
    assert "given back €5.00" in on_the_list(order_id)[0], "It differs in another way now."


@pytest.mark.parametrize("theirs", ["WC-1001", "of this order"])
def test_what_another_program_has_taken_hides_nothing_of_ours(
    border: PaymentBorder, provider: Stripe, theirs: str
) -> None:
    order_id = paid()
    given_back_by_hand(provider, order_id)
    asked = provider.charge(SIX, "pm_card_visa", {"order_id": theirs if theirs == "WC-1001" else str(order_id)})
    provider.intents_api.create(asked, {"idempotency_key": str(uuid7())})
    look(border)
    assert len(on_the_list(order_id)) == 1


def test_money_of_an_order_of_which_we_know_nothing_is_a_person_s(border: PaymentBorder, provider: Stripe) -> None:
    order_id = uuid7()
    intent = provider.hold(order_id, 1, TEN, "pm_card_visa", str(uuid7()))
    provider.take(intent.id, Share(order_id, uuid7(), 1, SIX), str(uuid7()))
    events = log.number()
    look(border)
    assert "has taken €6.00 and given back €0.00; we know of €0.00" in on_the_list(order_id)[0]
    assert log.number() == events


def test_what_we_have_asked_for_and_were_not_told_of_is_put_right(border: PaymentBorder, provider: Stripe) -> None:
    order_id, shipment_id = held(), uuid7()
    [intent] = provider.intents(order_id)
    with connected():
        send(payment.CapturePayment(order_id=order_id, shipment_id=shipment_id, amount=SIX))
        send(factories.RecordCaptureFailure.build(order_id=order_id, shipment_id=shipment_id))
        to_rest(PROCESSES)
    Effect.objects.all().delete()  # it was asked, and we were told something else
    provider.take(intent.id, Share(order_id, shipment_id, 1, SIX), str(uuid7()))
    look(border)
    assert [fact.name for fact in log.read_stream(f"payment-{order_id}")][-1] == "PaymentCaptured"
    assert on_the_list(order_id) == []
    assert provider.totals(order_id) == (SIX, Money(cents=0))


def test_what_has_come_right_comes_off_the_list(border: PaymentBorder) -> None:
    order_id = paid()
    with patch.object(Stripe, "totals", return_value=Totals(TEN, TEN)):
        looking_through.compare(border, order_id)
    assert len(on_the_list(order_id)) == 1
    looking_through.compare(border, order_id)
    assert on_the_list(order_id) == []


def test_what_is_still_open_is_left_to_its_own_deadlines(border: PaymentBorder, provider: Stripe) -> None:
    order_id = paid()
    given_back_by_hand(provider, order_id)
    with connected():
        send(payment.RefundPayment(order_id=order_id, refund_id=uuid7(), amount=SIX, reason="Sorry."))
    look(border)
    assert on_the_list(order_id) == []


def test_what_is_recorded_while_the_provider_is_asked_is_no_difference(border: PaymentBorder, provider: Stripe) -> None:
    order_id, totals = held(), Stripe.totals

    def then_taken(self: Stripe, order_id: UUID) -> Totals:
        found = totals(self, order_id)
        send(payment.CapturePayment(order_id=order_id, shipment_id=uuid7(), amount=SIX))
        to_rest(PROCESSES)
        return found

    with patch.object(Stripe, "totals", then_taken):
        looking_through.compare(border, order_id)
    assert on_the_list(order_id) == []
    given_back_by_hand(provider, order_id)
    looking_through.compare(border, order_id)
    assert "has taken €6.00 and given back €2.50; we know of €6.00" in on_the_list(order_id)[0]


def test_it_goes_on_where_it_was_and_rests_at_the_end(border: PaymentBorder) -> None:
    with patch.object(looking_through, "A_PAGE", 1), patch.object(stripe_account, "A_PAGE", 1):
        paid()
        seen: list[UUID] = []
        with patch.object(looking_through, "compare", lambda _, order_id: seen.append(order_id)):
            assert look_through(border) == 1
            place = Checkpoint.objects.get(reader=looking_through.PLACE).position
            assert place > 1
            look_through(border)
            assert Checkpoint.objects.get(reader=looking_through.PLACE).position < place
    Checkpoint.objects.filter(reader=looking_through.PLACE).update(position=1)
    assert look_through(border) == 0, "There is a pause until it begins again."


def test_a_provider_that_is_away_is_looked_at_later_and_the_log_says_so(
    border: PaymentBorder, stand: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    stand.steer("down", seconds="60")
    assert look_through(border) == 0
    assert "What the payment provider has could not be held against our books: Stripe" in caplog.text
    assert Checkpoint.objects.get(reader=looking_through.PLACE).position == 0


def test_finance_sees_what_differs_and_nothing_else(border: PaymentBorder, provider: Stripe) -> None:
    order_id = paid()
    given_back_by_hand(provider, order_id)
    look(border)
    of_the_carrier = a_notice()
    fin: Any = browsing(somebody(FINANCE))
    page = read(fin.get("/operations/notices/"))
    assert "has taken €10.00 and given back €2.50" in page
    assert "ParcelSeen" not in page
    assert "Read models" not in page
    [row] = left.left().filter(about=f"ledger of {order_id}")
    german = read(fin.get(f"/operations/notices/{row.id}/", headers={"Accept-Language": "de"}))
    assert "hat der Zahlungsdienst" in german
    assert f'href="/orders/{order_id}/ledger/"' in fin.get(f"/operations/notices/{row.id}/").content.decode()
    assert fin.get(f"/operations/notices/{of_the_carrier.id}/").status_code == 404
    assert browsing(somebody(WAREHOUSE)).get("/operations/notices/").status_code == 403


def test_what_the_bank_sent_back_counts_once_and_once_more_when_it_is_paid_again(border: PaymentBorder) -> None:
    order_id, refund_id = paid(), uuid7()
    send(payment.RefundPayment(order_id=order_id, refund_id=refund_id, amount=TEN, reason="Sorry."))
    to_rest(PROCESSES)
    send(factories.RecordRefundFailure.build(order_id=order_id, refund_id=refund_id))
    with patch.object(Stripe, "totals", return_value=Totals(TEN, Money(cents=0))):
        look(border)
    assert on_the_list(order_id) == []
    send(payment.RetryRefund(order_id=order_id, refund_id=refund_id, attempt=2))
    to_rest(PROCESSES)
    look(border)
    assert on_the_list(order_id) == []
