"""Work queue: what needs doing, for each role, oldest first."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.domain import customer
from accounts.domain.roles import CARRIER, CUSTOMER_SERVICE, FINANCE, WAREHOUSE
from eventstore.log import Recorded
from eventstore.messages import Event
from orders.domain import order, payment, returns, shipment, work
from orders.domain.money import Money
from orders.domain.order import reference
from orders.domain.returns import ReturnRequested
from orders.domain.shipment import ShipmentPlanned
from projections.engine import Projection, ReadModel
from projections.work_subjects import Happened, about


class Task(models.TextChoices):
    """What can need doing."""

    PICK_SHIPMENT = "pick_shipment", _("Pick shipment")
    PACK_SHIPMENT = "pack_shipment", _("Pack shipment")
    LABEL_SHIPMENT = "label_shipment", _("Label shipment")
    DISPATCH_SHIPMENT = "dispatch_shipment", _("Dispatch shipment")
    AWAIT_RETURN = "await_return", _("Wait for return")
    INSPECT_RETURN = "inspect_return", _("Inspect return")
    APPROVE_RETURN = "approve_return", _("Approve or reject return")
    RELEASE_ORDER = "release_order", _("Look at order on hold")
    ANSWER_BACKORDER = "answer_backorder", _("Ask what becomes of backorder")
    REINSTATE_CUSTOMER = "reinstate_customer", _("Reinstate customer")
    APPROVE_REFUND = "approve_refund", _("Approve or reject refund")
    RETRY_REFUND = "retry_refund", _("Retry or write off refund")
    TRANSFER_REFUND = "transfer_refund", _("Transfer refund")
    RETRY_CAPTURE = "retry_capture", _("Retry or write off capture")
    ASK_PROVIDER = "ask_provider", _("Find out what became of payment")
    CHASE_INVOICE = "chase_invoice", _("Chase overdue invoice")


IN_WAREHOUSE = frozenset({Task.PICK_SHIPMENT, Task.PACK_SHIPMENT, Task.DISPATCH_SHIPMENT, Task.INSPECT_RETURN})
FOR_CUSTOMERS = frozenset({Task.APPROVE_RETURN, Task.RELEASE_ORDER, Task.ANSWER_BACKORDER, Task.REINSTATE_CUSTOMER})
WITH_CARRIER = frozenset({Task.LABEL_SHIPMENT, Task.AWAIT_RETURN})  # who sees no list: it waits for nobody here
# What an event gives somebody to do, and of which kind that is. Any other event about the same thing means: it is done.
GIVES: dict[type[Event], tuple[str, Task]] = {
    order.OrderHeld: ("held", Task.RELEASE_ORDER),
    order.BackorderChoiceOffered: ("backorder", Task.ANSWER_BACKORDER),
    shipment.ShipmentPlanned: ("shipment", Task.PICK_SHIPMENT),
    shipment.PickingStarted: ("shipment", Task.PACK_SHIPMENT),
    shipment.ShipmentPacked: ("shipment", Task.LABEL_SHIPMENT),
    shipment.LabelPrinted: ("shipment", Task.DISPATCH_SHIPMENT),
    returns.ReturnRequested: ("return", Task.APPROVE_RETURN),
    returns.ReturnApproved: ("return", Task.AWAIT_RETURN),
    returns.ReturnArrived: ("return", Task.INSPECT_RETURN),
    payment.CaptureFailed: ("capture", Task.RETRY_CAPTURE),
    payment.RefundProposed: ("refund", Task.APPROVE_REFUND),
    payment.RefundFailed: ("refund", Task.RETRY_REFUND),
    payment.PaymentOutcomeUnknown: ("unanswered", Task.ASK_PROVIDER),
    payment.InvoiceOverdue: ("invoice", Task.CHASE_INVOICE),
    customer.CustomerSuspended: ("suspended", Task.REINSTATE_CUSTOMER),
}


class WorkItem(ReadModel):
    """Something that a role has to do about `subject`: an order, a shipment, a return, a refund, an invoice, or a
    customer, who is of no order.

    `turn` is the position at which it came up; should the same come up again later, it is another piece of work.
    """

    item = models.CharField(primary_key=True, max_length=100)
    role = models.CharField(_("role"), max_length=20)
    task = models.CharField(_("task"), max_length=40, choices=Task)
    subject = models.UUIDField(_("about"))
    order_id = models.UUIDField(_("order"), null=True)
    reference = models.CharField(_("order number"), max_length=11)
    waiting_since = models.DateTimeField(_("waiting since"))
    lines = models.JSONField(_("lines"))
    cents = models.BigIntegerField(_("amount in cents"), null=True)
    currency = models.CharField(max_length=3, default="")
    turn = models.BigIntegerField(_("turn"), default=0)
    taken_by = models.CharField(_("taken by"), max_length=200, default="")
    taken_at = models.DateTimeField(_("taken at"), null=True)

    class Meta:
        db_table = "projections_work_queue"
        verbose_name = _("work item")
        verbose_name_plural = _("work queue")
        indexes = (models.Index(fields=["role", "waiting_since", "item"], name="work_queue_role"),)

    def __str__(self) -> str:
        return f"{self.get_task_display()} {self.reference}"

    @property
    def work(self) -> str:
        """The name under which it is taken and given back."""
        return f"{self.item}@{self.turn}"

    @property
    def amount(self) -> Money | None:
        """How much money it is about, where it is about money."""
        return None if self.cents is None else Money(cents=self.cents, currency=self.currency)


type Wanted = Happened | work.WorkTaken | work.WorkGivenBack


def keys(fact: Recorded[Wanted]) -> Iterable[str]:
    """What has to be done because of the fact, or no longer has to; or who does it."""
    if isinstance(fact.event, work.WorkTaken | work.WorkGivenBack):
        return (fact.event.work.partition("@")[0],)
    return (f"{kind}:{subject}" for kind, subject in about(fact.event))


def project(row: WorkItem | None, fact: Recorded[Wanted], item: str) -> WorkItem | None:
    """The item after the fact."""
    match fact.event:
        case work.WorkTaken(by=by) as taken:
            return row.but(taken_by=str(by), taken_at=fact.recorded_at) if row and row.work == taken.work else row
        case work.WorkGivenBack() as given_back:
            return row.but(taken_by="", taken_at=None) if row and row.work == given_back.work else row
        case shipment.ShortPickReported(sku=sku, missing=missing):
            return row and row.but(lines=without(row.lines, sku, missing))
        case payment.InvoicePartlyPaid(left=left) | payment.InvoiceCredited(left=left) if left.cents:
            return row and row.but(cents=left.cents)
        case customer.CustomerSuspended() if not fact.actor.startswith("process:"):
            return None  # whoever has suspended somebody knows what they wait for
        case happened:
            return given(row, fact, happened, item)


def without(lines: list[dict[str, Any]], sku: str, missing: int) -> list[dict[str, Any]]:
    """What is left to be packed where some pieces of a product are not on the shelf."""
    fewer = [line | {"quantity": line["quantity"] - missing * (line["sku"] == sku)} for line in lines]
    return [line for line in fewer if line["quantity"] > 0]


def gives(event: Happened) -> tuple[str, Task | None]:
    """What an event gives somebody to do, and of which kind that is; to a card, a refund goes by itself."""
    match event:
        case payment.RefundRequested(way="transfer"):
            return "refund", Task.TRANSFER_REFUND
        case _:
            return GIVES.get(type(event), ("", None))


def given(row: WorkItem | None, fact: Recorded[Wanted], event: Happened, item: str) -> WorkItem | None:
    """What an event gives somebody to do; whoever did the step before goes on, but no clerk inspects a return."""
    kind, _, subject = item.partition(":")
    of_kind, task = gives(event)
    if task is None or of_kind != kind:
        return None
    same = None if task is Task.INSPECT_RETURN else row
    order_id: UUID | None = getattr(event, "order_id", None)
    amount: Money | None = getattr(event, "amount", None) or getattr(event, "left", None)
    return WorkItem(
        item=item,
        turn=same.turn if same else fact.position or 0,
        taken_by=same.taken_by if same else "",
        taken_at=same.taken_at if same else None,
        role=role_of(task),
        task=task,
        subject=UUID(subject),
        order_id=order_id,
        reference=reference(order_id) if order_id else "",
        waiting_since=fact.recorded_at,
        lines=lines_of(event) or (row.lines if row else []),
        cents=amount.cents if amount else None,
        currency=amount.currency if amount else "",
    )


def role_of(task: Task) -> str:
    """Whose task it is."""
    if task in WITH_CARRIER:
        return CARRIER
    if task in IN_WAREHOUSE:
        return WAREHOUSE
    return CUSTOMER_SERVICE if task in FOR_CUSTOMERS else FINANCE


def lines_of(event: Happened) -> list[dict[str, Any]]:
    """The pieces that an event speaks of; a parcel calls them by their number."""
    match event:
        case ReturnRequested(lines=lines):
            return [msgspec.to_builtins(line) for line in lines]
        case ShipmentPlanned(pieces=pieces):
            return [{"sku": sku, "name": sku, "quantity": quantity} for sku, quantity in pieces.items()]
        case _:
            return []


PROJECTION = Projection(WorkItem, wants=Wanted, keys=keys, project=project, version=9)
