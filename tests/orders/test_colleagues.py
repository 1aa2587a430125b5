"""Two people never work on the same thing unawares: whoever has taken it is named on the screens of its tasks."""

import pytest
from django.urls import reverse

from accounts.domain.roles import CUSTOMER, CUSTOMER_SERVICE, FINANCE, WAREHOUSE
from accounts.models import User
from orders.screens.queue import SCREENS
from projections.work_queue import Task, WorkItem
from tests import factories
from tests.addresses import belongings
from tests.shop import browsing, read, somebody

pytestmark = pytest.mark.django_db

# Each kind of work: its task, whose it is, and of what the id stands in the addresses of its screens.
KINDS = {
    "held": (Task.RELEASE_ORDER, CUSTOMER_SERVICE, "order_id", ["release_order"]),
    "suspended": (Task.REINSTATE_CUSTOMER, CUSTOMER_SERVICE, "customer_id", ["reinstate_customer"]),
    "backorder": (Task.ANSWER_BACKORDER, CUSTOMER_SERVICE, "order_id", ["answer_backorder"]),
    "shipment": (
        Task.PICK_SHIPMENT,
        WAREHOUSE,
        "shipment_id",
        ["start_picking", "report_short_pick", "pack_shipment", "dispatch_shipment", "cancel_shipment"],
    ),
    "return": (Task.APPROVE_RETURN, CUSTOMER_SERVICE, "return_id", ["approve_return", "reject_return"]),
    "return in the warehouse": (
        Task.INSPECT_RETURN,
        WAREHOUSE,
        "return_id",
        ["record_return_arrival", "inspect_return"],
    ),
    "refund": (
        Task.APPROVE_REFUND,
        FINANCE,
        "refund_id",
        ["approve_refund", "reject_refund", "retry_refund", "transfer_refund", "write_off_refund"],
    ),
    "capture": (Task.RETRY_CAPTURE, FINANCE, "shipment_id", ["retry_capture", "write_off_capture"]),
    "invoice": (Task.CHASE_INVOICE, FINANCE, "invoice_id", ["invoice", "record_bank_transfer", "write_off_invoice"]),
}


def test_the_colleague_who_has_taken_it_is_named_on_every_screen_of_it(clara: User) -> None:
    theirs = belongings(clara)
    factories.Backorder.create(order_id=theirs["order_id"])
    seen = {}
    for kind, (task, role, argument, screens) in KINDS.items():
        anna, ben = somebody(role, f"Anna {kind}"), somebody(role, f"Ben {kind}")
        item = f"{kind.partition(' ')[0]}:{theirs[argument]}"
        WorkItem.objects.filter(item=item).delete()
        factories.WorkItem.create(item=item, role=role, task=task, subject=theirs[argument], taken_by=str(anna.id))
        for name in screens:
            address = reverse(f"orders:{name}", args=[theirs[argument]])
            said = [f"Anna {kind} has taken this task." in read(browsing(it).get(address)) for it in (ben, anna)]
            seen[name] = said
    assert seen == {name: [True, False] for name in seen}, "to a colleague, and not to Anna herself"
    # Picking begins on a screen of its own; the ledger is about all of an order.
    assert set(SCREENS.values()) - seen.keys() == {"pick_shipment", "payment_ledger"}


def test_a_customer_is_not_told_who_is_at_it(clara: User) -> None:
    order_id = belongings(clara)["order_id"]
    factories.Backorder.create(order_id=order_id)
    anna = somebody(CUSTOMER_SERVICE, "Anna Ast")
    item = {"item": f"backorder:{order_id}", "role": CUSTOMER_SERVICE, "task": Task.ANSWER_BACKORDER}
    factories.WorkItem.create(**item, subject=order_id, taken_by=str(anna.id))
    page = browsing(clara).get(reverse("orders:answer_backorder", args=[order_id]))
    assert page.status_code == 200
    assert clara.roles == {CUSTOMER}
    assert "Anna Ast" not in read(page)
