"""Charging: whatever is to be done with a card is asked of the payment provider, once, and asked about in the end."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from eventstore.messages import Event, Request
from eventstore.process import Accept, Ask, CommandRefused, DeadlineReached, Wait
from orders.domain import payment
from orders.domain.money import Money
from orders.domain.payment.provider import AuthorizationRequest, CaptureRequest, RefundRequest
from orders.processes import charging
from orders.processes.payment_requests import GiveAmountBack, HoldAmount, LookInto, ReleaseAmount, Source, TakeAmount
from tests import factories
from tests.processes.story import NOON, Story

ORDER, PARCEL, OTHER, REFUND = (UUID(int=number) for number in range(1, 5))
TEN, SIX, FOUR = (Money(cents=cents) for cents in (1000, 600, 400))
PLACED = factories.OrderPlaced.build(order_id=ORDER, card="pm_card_visa")


def requested(attempt: int = 1) -> Event:
    """Ten euros are to be held."""
    return factories.PaymentRequested.build(order_id=ORDER, attempt=attempt, amount=TEN)


def authorized(attempt: int = 1, reference: str = "pi_1") -> Event:
    """They are held."""
    return factories.PaymentAuthorized.build(order_id=ORDER, attempt=attempt, amount=TEN, reference=reference)


def capture(parcel: UUID, amount: Money, attempt: int = 1) -> Event:
    """Some are to be taken."""
    return factories.CaptureRequested.build(
        order_id=ORDER, shipment_id=parcel, authorization=1, attempt=attempt, amount=amount
    )


def captured(parcel: UUID, amount: Money, intent: str = "pi_1") -> Event:
    """They are taken."""
    return factories.PaymentCaptured.build(
        order_id=ORDER, shipment_id=parcel, attempt=1, amount=amount, reference=f"{intent}/{parcel.hex[-8:]}-1"
    )


def refund(amount: Money, refund_id: UUID = REFUND, attempt: int = 1) -> Event:
    """Some are to go back."""
    return factories.RefundRequested.build(order_id=ORDER, refund_id=refund_id, attempt=attempt, amount=amount)


def story(*events: Event) -> Story:
    """An order by card, and what has happened since."""
    return Story(charging).given(PLACED, *events)


def waits(minutes: int) -> Wait:
    """The provider has a quarter of an hour."""
    return Wait("silence", NOON + timedelta(minutes=minutes + 15))


def gives_back(*sources: tuple[str, Money], amount: Money = TEN) -> Ask:
    """An amount goes back, from there."""
    parts = tuple(Source(intent=intent, amount=part) for intent, part in sources)
    return asks(GiveAmountBack(order_id=ORDER, refund_id=REFUND, attempt=1, amount=amount, sources=parts))


def asks(request: Request) -> Ask:
    """The provider is asked for it."""
    return Ask("payment_provider", request)


def test_an_amount_is_held_on_the_card_of_the_order() -> None:
    hold = HoldAmount(order_id=ORDER, attempt=1, amount=TEN, card="pm_card_visa")
    story().when(requested()).then(asks(hold), waits(2))


def test_an_order_of_which_no_card_is_known_is_nothing_to_it() -> None:
    Story(charging).given(factories.OrderPlaced.build(order_id=ORDER, card=None)).when(requested()).then()


REPLACED = factories.CardReplaced.build(order_id=ORDER, card="pm_card_mastercard", attempt=2)
DECLINED = factories.PaymentDeclined.build(order_id=ORDER, attempt=1)


def test_from_when_a_card_is_replaced_the_other_one_is_asked() -> None:
    told = story(requested(), DECLINED)
    told.when(REPLACED).then()
    hold = HoldAmount(order_id=ORDER, attempt=2, amount=TEN, card="pm_card_mastercard")
    told.when(requested(2)).then(asks(hold), waits(5))


def test_also_where_no_card_was_known() -> None:
    told = Story(charging).given(REPLACED)
    hold = HoldAmount(order_id=ORDER, attempt=2, amount=TEN, card="pm_card_mastercard")
    told.when(requested(2)).then(asks(hold), waits(2))


def test_what_was_taken_from_the_first_card_goes_back_there() -> None:
    taken = (requested(), authorized(), capture(PARCEL, SIX), captured(PARCEL, SIX))
    told = story(*taken, requested(2), factories.PaymentDeclined.build(order_id=ORDER, attempt=2), REPLACED)
    other = (requested(3), authorized(3, "pi_3"), capture(OTHER, FOUR), captured(OTHER, FOUR, "pi_3"))
    told.given(*other).when(refund(TEN)).then(gives_back(("pi_1", SIX), ("pi_3", FOUR)), waits(13))


def test_what_is_given_up_is_released_by_the_name_that_the_provider_has_for_it() -> None:
    voided = factories.AuthorizationVoided.build(order_id=ORDER, attempt=1)
    release = ReleaseAmount(order_id=ORDER, attempt=1, intent="pi_1")
    story(requested(), authorized()).when(voided).then(asks(release))


def test_what_is_given_up_before_it_is_held_is_looked_for() -> None:
    voided = factories.AuthorizationVoided.build(order_id=ORDER, attempt=1)
    story(requested()).when(voided).then(asks(ReleaseAmount(order_id=ORDER, attempt=1, intent=None)))


def test_what_came_too_late_is_released_by_its_name_too() -> None:
    voided = factories.AuthorizationVoided.build(order_id=ORDER, attempt=1)
    late = factories.LatePaymentReceived.build(
        order_id=ORDER, request=AuthorizationRequest(attempt=1), amount=TEN, reference="pi_1"
    )
    told = story(requested(), voided, late)
    told.when(voided).then(asks(ReleaseAmount(order_id=ORDER, attempt=1, intent="pi_1")))


def test_a_share_is_taken_of_what_is_held() -> None:
    take = TakeAmount(order_id=ORDER, shipment_id=PARCEL, attempt=1, amount=SIX, intent="pi_1")
    story(requested(), authorized()).when(capture(PARCEL, SIX)).then(asks(take), waits(4))


TAKEN: Sequence[Event] = (
    requested(),
    authorized(),
    capture(PARCEL, SIX),
    captured(PARCEL, SIX),
    capture(OTHER, FOUR),
    captured(OTHER, FOUR, "pi_2"),
)


def test_an_amount_goes_back_to_where_it_was_taken() -> None:
    story(*TAKEN).when(refund(TEN)).then(gives_back(("pi_1", SIX), ("pi_2", FOUR)), waits(8))


def test_what_went_back_already_does_not_go_back_again() -> None:
    first = refund(SIX, UUID(int=9))
    one = Money(cents=100)
    story(*TAKEN, first).when(refund(one)).then(gives_back(("pi_2", one), amount=one), waits(9))


def test_what_could_not_go_back_may_be_tried_again() -> None:
    failed = factories.RefundFailed.build(order_id=ORDER, refund_id=REFUND, attempt=1, amount=TEN)
    again = GiveAmountBack(
        order_id=ORDER,
        refund_id=REFUND,
        attempt=2,
        amount=TEN,
        sources=(Source(intent="pi_1", amount=SIX), Source(intent="pi_2", amount=FOUR)),
    )
    story(*TAKEN, refund(TEN), failed).when(refund(TEN, attempt=2)).then(asks(again), waits(10))


def test_and_is_there_for_another_refund() -> None:
    failed = factories.RefundFailed.build(order_id=ORDER, refund_id=UUID(int=9), attempt=1, amount=TEN)
    back = gives_back(("pi_1", SIX), ("pi_2", FOUR))
    story(*TAKEN, refund(TEN, UUID(int=9)), failed).when(refund(TEN)).then(back, waits(10))


def test_what_was_never_taken_cannot_go_back_to_the_card() -> None:
    failure = payment.RecordRefundFailure(
        order_id=ORDER, refund_id=REFUND, attempt=1, reason="This was not taken from the card."
    )
    more = Money(cents=1001)
    story(*TAKEN).when(refund(more)).then(failure, waits(8))


def test_what_was_taken_twice_can_go_back() -> None:
    late = factories.LatePaymentReceived.build(
        order_id=ORDER, request=CaptureRequest(shipment_id=PARCEL, attempt=2), amount=SIX, reference="pi_3/x-2"
    )
    all_of_it = Money(cents=1600)
    sources = (("pi_1", SIX), ("pi_2", FOUR), ("pi_3", SIX))
    story(*TAKEN, late).when(refund(all_of_it)).then(gives_back(*sources, amount=all_of_it), waits(9))


def deadline() -> Event:
    """The quarter of an hour is over."""
    return DeadlineReached(instance=f"charging:{ORDER}", name="silence", due_at=NOON)


def test_a_late_answer_ends_the_waiting_for_it_and_for_no_other() -> None:
    def late(attempt: int) -> Event:
        request = AuthorizationRequest(attempt=attempt)
        return factories.LatePaymentReceived.build(order_id=ORDER, request=request, amount=TEN, reference="pi_1")

    story(requested(), late(1)).when(deadline()).then()
    assert len(story(requested(), late(2)).when(deadline()).todo) == 3


def test_a_silent_provider_is_asked_what_it_knows_and_the_business_is_told() -> None:
    unknown = payment.RecordUnknownOutcome(order_id=ORDER, request=AuthorizationRequest(attempt=1))
    again = Wait("silence", NOON + timedelta(minutes=3 + 60))
    story(requested()).when(deadline()).then(unknown, asks(LookInto(order_id=ORDER)), again)


def test_whatever_ends_a_request_ends_the_silence() -> None:
    for end in (
        factories.PaymentDeclined.build(order_id=ORDER, attempt=1),
        factories.AuthorizationExpired.build(order_id=ORDER, attempt=1),
        factories.AuthorizationVoided.build(order_id=ORDER, attempt=1),
        authorized(),
    ):
        assert isinstance(story(requested(), end).state, charging.Quiet)
        story(requested(), end).when(deadline()).then()
    for end in (
        factories.CaptureFailed.build(order_id=ORDER, shipment_id=PARCEL),
        factories.CaptureWrittenOff.build(order_id=ORDER, shipment_id=PARCEL),
        captured(PARCEL, SIX),
    ):
        assert isinstance(story(requested(), authorized(), capture(PARCEL, SIX), end).state, charging.Quiet)
    for end in (
        factories.RefundFailed.build(order_id=ORDER, refund_id=REFUND),
        factories.RefundWrittenOff.build(order_id=ORDER, refund_id=REFUND),
        factories.PaymentRefunded.build(order_id=ORDER, refund_id=REFUND),
    ):
        assert isinstance(story(*TAKEN, refund(TEN), end).state, charging.Quiet)


def test_the_end_of_one_request_is_not_that_of_another() -> None:
    state = story(*TAKEN[:2], capture(PARCEL, SIX), capture(OTHER, FOUR), captured(OTHER, FOUR)).state
    assert state.requests == (CaptureRequest(shipment_id=PARCEL, attempt=1),)
    state = story(*TAKEN, refund(SIX), factories.RefundFailed.build(order_id=ORDER, refund_id=UUID(int=9))).state
    assert state.requests == (RefundRequest(refund_id=REFUND, attempt=1),)


def test_that_nothing_is_unknown_any_more_is_fine_and_nothing_else_is() -> None:
    refused = CommandRefused(
        instance=f"charging:{ORDER}", command_id=ORDER, name="RecordUnknownOutcome", sentence="No.", values={}
    )
    story(requested()).when(refused).then(Accept())
    other = CommandRefused(
        instance=f"charging:{ORDER}", command_id=ORDER, name="RecordAuthorization", sentence="No.", values={}
    )
    story(requested()).when(other).then()
