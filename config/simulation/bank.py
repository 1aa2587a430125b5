"""The bank of the simulation: whoever pays by a card of the payment provider's has their answers from there alone."""

import random
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from accounts.domain import roles
from config.simulation.plans import Make, Plan, minutes
from config.simulation.scene import Scene
from eventstore.messages import Command, Event
from orders.domain import payment
from orders.domain.order import PaymentTerms
from orders.systems.payment_provider.cards import is_connected

CARDS = {
    "pm_card_visa": 12,
    "pm_card_mastercard": 6,
    "pm_card_visa_chargeDeclinedInsufficientFunds": 1,
}


def card_for(terms: PaymentTerms, chance: random.Random) -> str | None:
    """The card with which somebody pays; none where we are connected to nobody who could charge it."""
    if terms != "prepaid" or not is_connected():
        return None
    [card] = chance.choices([*CARDS], [*CARDS.values()])
    return card


def another_card(event: payment.PaymentDeclined, chance: random.Random) -> Iterator[Plan]:
    """What most do whose card was declined: they take a better one. None is asked where nobody could charge it."""
    if is_connected() and chance.random() < 0.7:
        yield Plan(minutes(chance, 1, 45), roles.CUSTOMER, paying_with_another(event.order_id))


def paying_with_another(order_id: UUID) -> Make:
    """Whoever ordered pays with a card that is good, unless the order has ended meanwhile."""

    def make(scene: Scene, _now: datetime) -> Command | None:
        if order_id not in scene.by_card or scene.standing[order_id] == "cancelled":
            return None
        customer_id, price = scene.customer[order_id], scene.goods[order_id].worth
        return payment.PayWithAnotherCard(order_id=order_id, customer_id=customer_id, card="pm_card_visa", price=price)

    return make


def for_others(event: Event, answers: Iterable[Plan]) -> Iterator[Plan]:
    """These answers of a payment provider, but for orders whose cards a real one charges."""
    for plan in answers:
        yield plan._replace(make=unless_by_card(event.order_id, plan.make))  # type: ignore[attr-defined]  # a payment's


def unless_by_card(order_id: UUID, make: Make) -> Make:
    """What is asked for, unless somebody else says it."""

    def made(scene: Scene, now: datetime) -> Command | timedelta | None:
        return None if order_id in scene.by_card else make(scene, now)

    return made
