"""Backorder (third version): what is lacking later is another question, and what is given up was never there."""

from collections.abc import Iterator
from datetime import datetime
from uuid import uuid5

from msgspec.structs import replace

from eventstore.messages import Command
from eventstore.process import Do, Send
from orders.domain import order
from orders.processes import backorder, backorder_in_part
from orders.processes.backorder import UNWANTED, Backorder, Complete, Waiting, Wanted, initial
from orders.processes.goods import Goods

__all__ = ["evolve", "initial", "react"]


def evolve(state: Backorder, event: Wanted) -> Backorder:
    """As before; questions are counted as long as the order lasts; one is open while its goods are lacking."""
    after = backorder.evolve(state, event)
    if not isinstance(state, Complete | Waiting) or not isinstance(after, Complete | Waiting):
        return after
    asked, answered = isinstance(event, order.BackorderChoiceOffered), isinstance(event, order.BackorderAnswered)
    after = replace(after, questions=state.questions + asked)
    if isinstance(state, Waiting) and isinstance(after, Waiting):
        return replace(after, asked=asked or (state.asked and not answered))
    return after


def react(before: Backorder, event: Wanted, after: Backorder, at: datetime) -> list[Do]:
    """As before; who has not answered the last question is asked the next one, and who cancels twice cancels once."""
    match after, event:
        case Waiting(goods=goods), order.BackorderAnswered(answer="cancel"):
            return [Send(each) for each in given_up(goods)]
        case _:
            return [numbered(each, after) for each in backorder_in_part.react(before, event, after, at)]


def numbered(do: Do, waiting: Backorder) -> Do:
    """A question to the customer has its number: that of the open one, or the next."""
    match do, waiting:
        case Send(command=order.OfferBackorderChoice() as offer), Waiting(questions=number, asked=is_open):
            return Send(replace(offer, number=number if is_open else number + 1))
        case _:
            return do


def given_up(goods: Goods) -> Iterator[Command]:
    """What is not there is cancelled, whatever else is cancelled before it comes to that."""
    for sku in goods.lines:
        cancelled, quantity = goods.cancelled.get(sku, 0), lacking(goods, sku)
        if quantity > 0:
            yield order.CancelOrderLines(
                order_id=goods.order_id,
                cancellation_id=uuid5(goods.order_id, f"given up {sku} {cancelled}"),
                sku=sku,
                quantity=quantity,
                reason=UNWANTED,
                parcels=goods.seen(),
                in_all=cancelled + quantity,
            )


def lacking(goods: Goods, sku: str) -> int:
    """How many pieces are wanted and not there, of those that the stock has said are waited for."""
    still_wanted = goods.wanted(sku) - goods.left_out(sku)
    return min(goods.waiting.get(sku, 0), still_wanted - goods.sent(sku) - goods.there(sku))
