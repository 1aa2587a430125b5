"""The tasks that there are with an order: which this person has now, and of those that can't be done, why not."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.domain.address import POSTCODES
from accounts.domain.roles import STAFF
from eventstore import clock
from eventstore.dispatch import Loaded, rehearse
from eventstore.messages import OWNER, Command
from eventstore.streams import Category, category_of
from orders.domain.money import Money
from orders.domain.order import (
    Address,
    AnswerBackorder,
    CancelOrder,
    CancelOrderLines,
    ChangeDeliveryAddress,
    Confirmed,
    HoldOrder,
    Placed,
    ReleaseOrder,
    reference,
)
from orders.domain.order.lines import begun
from orders.domain.payment import Declined, GrantGoodwillRefund, PayWithAnotherCard
from orders.domain.returns import RequestReturn, ReturnReason
from orders.domain.shipment import Dispatched, ReportShipmentLost
from orders.screens.forms import TaskForm
from orders.screens.open_tasks import Choice, Instead, OpenTask, open_tasks
from orders.screens.order_now import OrderNow, order_now
from orders.screens.task import perform, person
from orders.streams import SHIPMENT
from orders.templatetags.shop import sentence

ANY_CARD = "pm_any"
ANY_REASON = "."  # a rehearsal gives none that somebody reads
SOMEWHERE = Address(recipient="A", street="A", postcode=POSTCODES["DE"], city="A", country="DE")


def order_for(request: HttpRequest, order_id: UUID, command: type[Command]) -> OrderNow:
    """The order that a task is about. To whom it does not belong it is not there; staff of other roles may not."""
    now = order_now(order_id)
    if now.placed is None:
        raise Http404
    if not command.sent_by & person(request).roles:
        if person(request).roles & STAFF:
            raise PermissionDenied
        if OWNER not in command.sent_by or now.placed.customer_id != person(request).id:
            raise Http404
    return now


def why_not(request: HttpRequest, command: Command, now: OrderNow) -> str:
    """Why a task can't be done now, in the rule's own sentence; nothing where it can."""
    category = category_of(type(command))
    loaded = now.of(category, getattr(command, category.key))
    refused = rehearse(command, actor=person(request).actor, loaded=loaded)
    return sentence(refused.sentence, refused.values) if refused else ""


def tasks_of(request: HttpRequest, now: OrderNow, *, waiting: bool, erased: bool = False) -> list[OpenTask]:
    """The tasks that this person has with an order as it is, or was.

    `waiting`: whether it waits for goods; `erased`: whether its customer was, in whose name nothing more is requested.
    """
    choices = [*for_everybody(request, now, waiting=waiting, erased=erased), *for_staff(request, now)]
    return open_tasks(request, choices, known_of(now, choices))


def streams_of(choices: Iterable[Choice]) -> Iterator[tuple[str, Category, UUID]]:
    """The stream that each choice is about, with its category and its key."""
    for choice in choices:
        category = category_of(type(choice.command))
        yield category.stream(choice.command), category, getattr(choice.command, category.key)


def for_everybody(request: HttpRequest, now: OrderNow, *, waiting: bool, erased: bool) -> Iterator[Choice]:
    """What a customer can ask for, and customer service for them."""
    order_id, declined = now.order_id, isinstance(now.payment.state, Declined)
    pay = Choice(_("Pay with another card"), reverse("orders:pay_with_another_card", args=[order_id]), other_card(now))
    if declined:
        yield pay
    if waiting:
        answer = AnswerBackorder(order_id=order_id, answer="wait")
        yield Choice(_("Answer backorder"), reverse("orders:answer_backorder", args=[order_id]), answer)
    address = ChangeDeliveryAddress(order_id=order_id, delivery_address=SOMEWHERE, parcels=now.parcels)
    yield Choice(_("Change delivery address"), reverse("orders:change_delivery_address", args=[order_id]), address)
    lines, order, back = cancelling_lines(now), cancelling(now), returning(now, erased=erased)
    yield lines._replace(instead=rather(request, now, order, back))
    yield order._replace(instead=rather(request, now, lines, back))
    yield back
    if not declined and now.placed and now.placed.payment_terms == "prepaid":
        yield pay


def cancelling(now: OrderNow) -> Choice:
    """All of the order is not wanted any more."""
    command = CancelOrder(order_id=now.order_id, reason=ANY_REASON, parcels=now.parcels)
    return Choice(_("Cancel order"), reverse("orders:cancel_order", args=[now.order_id]), command)


def cancelling_lines(now: OrderNow) -> Choice:
    """Some of it is not."""
    return Choice(_("Cancel lines"), reverse("orders:cancel_lines", args=[now.order_id]), any_lines(now))


def returning(now: OrderNow, *, erased: bool = False) -> Choice:
    """What was delivered goes back."""
    command = any_return(now, erased=erased)
    return Choice(_("Request a return"), reverse("orders:request_return", args=[now.order_id]), command)


def rather(request: HttpRequest, now: OrderNow, *choices: Choice) -> Instead | None:
    """The first of these tasks that this person can do now; or the last one, once goods have left: they arrive."""
    tasks = open_tasks(request, choices, known_of(now, choices))
    left = tasks[-1:] if any(parcel.gone for parcel in now.parcels) else []
    return next((Instead(task.title, task.url) for task in [*(t for t in tasks if not t.reason), *left]), None)


def known_of(now: OrderNow, choices: Iterable[Choice]) -> dict[str, Loaded]:
    """The streams that these choices are about, as they are now."""
    return {each: now.of(category, key) for each, category, key in streams_of(choices)}


def other_card(now: OrderNow) -> PayWithAnotherCard:
    """To pay with any other card."""
    return pay_with(now, ANY_CARD)


def pay_with(now: OrderNow, card: str) -> PayWithAnotherCard:
    """To pay with this card, what the pieces cost that are still wanted."""
    assert now.placed
    return PayWithAnotherCard(
        order_id=now.order_id, customer_id=now.placed.customer_id, card=card, price=now.goods.worth
    )


def any_lines(now: OrderNow) -> CancelOrderLines:
    """Lines to cancel: the first that can be, if one can."""
    assert now.placed
    sku = next(iter(cancellable(now)), now.placed.lines[0].sku)
    return CancelOrderLines(
        order_id=now.order_id,
        cancellation_id=uuid5(now.order_id, ANY_REASON),
        sku=sku,
        quantity=1,
        reason=ANY_REASON,
        parcels=now.parcels,
    )


def cancellable(now: OrderNow) -> dict[str, int]:
    """How many pieces of each product can still be cancelled, where some can."""
    order, parcels = now.order.state, now.parcels
    if not isinstance(order, Placed | Confirmed):
        return {}
    left = {sku: order.wanted(sku) - begun(sku, parcels) for sku in order.lines}
    return {sku: pieces for sku, pieces in left.items() if pieces > 0}


def any_return(now: OrderNow, *, erased: bool = False) -> RequestReturn:
    """A return: of the first piece that can come back, if one can."""
    recent = sorted(now.deliveries, key=lambda delivery: delivery.delivered_at, reverse=True)
    return request_return(now, {recent[0].sku: 1} if recent else {}, erased=erased)


def request_return(
    now: OrderNow,
    pieces: dict[str, int],
    *,
    erased: bool,
    reason: ReturnReason = "changed_mind",
    return_id: UUID | None = None,
) -> RequestReturn:
    """A return of these pieces, asked for at this moment: the order's next one, unless another is meant."""
    assert now.placed
    return RequestReturn(
        return_id=return_id or now.next_return,
        order_id=now.order_id,
        pieces=pieces,
        reason=reason,
        customer_id=now.placed.customer_id,
        deliveries=now.deliveries,
        requested_at=localtime(clock.now()),
        erased=erased,
    )


def for_staff(request: HttpRequest, now: OrderNow) -> Iterator[Choice]:
    """What those who work here can do with an order."""
    order_id, order = now.order_id, now.order.state
    if isinstance(order, Placed | Confirmed) and order.held:
        release = ReleaseOrder(order_id=order_id)
        yield Choice(_("Release order"), reverse("orders:release_order", args=[order_id]), release)
    else:
        hold = HoldOrder(order_id=order_id, reason=ANY_REASON)
        yield Choice(_("Hold order"), reverse("orders:hold_order", args=[order_id]), hold)
    goodwill = any_goodwill(now, person(request).actor.id)
    yield Choice(_("Grant goodwill refund"), reverse("orders:goodwill_refund", args=[order_id]), goodwill)
    for shipment_id in now.goods.parcels:
        shipment = now.of(SHIPMENT, shipment_id).state
        if isinstance(shipment, Dispatched):
            title = _("Report shipment %(number)s lost") % {"number": shipment.tracking_number}
            lost = ReportShipmentLost(shipment_id=shipment_id)
            yield Choice(title, reverse("orders:report_shipment_lost", args=[shipment_id]), lost)


def any_goodwill(now: OrderNow, granted_by: str) -> GrantGoodwillRefund:
    """The smallest refund that there is."""
    return GrantGoodwillRefund(
        order_id=now.order_id,
        refund_id=uuid5(now.order_id, ANY_REASON),
        amount=Money(cents=1),
        reason=ANY_REASON,
        granted_by=granted_by,
    )


def order_task(
    request: HttpRequest,
    now: OrderNow,
    form: TaskForm,
    template: str,
    *,
    rehearsal: Command,
    said: str,
    then: str = "",
    **page: Any,
) -> HttpResponse:
    """The page of a task with an order; in place of its form it says why it can't be done, as the `rehearsal` shows.

    `page` is what task.html needs besides: a title, consequences, and as `instead` the title and url of another task.
    """
    back, refused = way_back(now), why_not(request, rehearsal, now)
    context = {"back": back, "reason": refused, "reference": reference(now.order_id), **page}
    if request.method == "POST":  # what was typed stays, and promises nothing that cannot be any more
        context |= {"reason": "", "consequences": [] if refused else page.get("consequences", [])}
    return perform(request, form, template, context, then=then or back["url"], said=said)


def way_back(now: OrderNow) -> dict[str, str]:
    """The way back to the order's page."""
    title = _("order %(reference)s") % {"reference": reference(now.order_id)}
    return {"title": title, "url": reverse("orders:order", args=[now.order_id])}
