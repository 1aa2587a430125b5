"""What an empty list says: what fills it and who does, with the way to each task of the reader's own that fills it."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.domain.roles import ADMIN, CUSTOMER_SERVICE, FINANCE, OPERATIONS, WAREHOUSE
from eventstore.messages import Command
from orders.domain.payment import (
    ApproveRefund,
    GrantGoodwillRefund,
    RecordInvoicePayment,
    RejectRefund,
    TransferRefund,
    WriteOffInvoice,
    WriteOffRefund,
)
from orders.domain.product import ListProduct
from orders.domain.returns import ApproveReturn, InspectReturn, RecordReturnArrival, RejectReturn, RequestReturn
from orders.domain.shipment import CancelShipment, DispatchShipment, PackShipment, ReportShipmentLost, StartPicking
from orders.domain.stock_item import ReceiveStock
from projections.invoices import Standing as OfInvoice
from projections.refunds import Standing as OfRefund
from projections.returns_desk import Stage as OfReturn
from projections.shipments import Stage as OfShipment


class Way(NamedTuple):
    """A way on: what stands on it, where it begins, and the command that is sent there, if not everybody goes it."""

    title: str | Promise
    address: str
    command: type[Command] | None = None
    which: dict[str, str] = {}  # never changed

    @property
    def url(self) -> str:
        """Its address."""
        return reverse(self.address) + (f"?{urlencode(self.which)}" if self.which else "")

    def is_for(self, roles: Iterable[str]) -> bool:
        """Whether somebody with these roles goes it."""
        return self.command is None or not self.command.sent_by.isdisjoint(roles)


class Empty(NamedTuple):
    """What a list says when nothing is in it, and the ways to what fills it."""

    says: str | Promise
    ways: tuple[Way, ...] = ()


LIST_PRODUCT = Way(_("List product"), "orders:list_product", ListProduct)
RECEIVE_STOCK = Way(_("Receive stock"), "orders:receive_stock", ReceiveStock)
# A refund or a return begins at an order, which has to be found first.
GOODWILL_REFUND = Way(_("Grant goodwill refund"), "orders:find", GrantGoodwillRefund)
REQUEST_RETURN = Way(_("Request a return"), "orders:find", RequestReturn)
CHOOSE_PRODUCTS = Way(_("Choose products"), "orders:products")
ALL_PRODUCTS = Way(_("Show all products"), "orders:stock")

NO_REFUND = _(
    "No refund waits. One appears here when customer service or finance grants more than one person may, or when the "
    "payment provider could not pay it."
)
NO_RETURN = _("No return stands there now. A return appears here when a customer requests one.")

# By the name of the list; where it can be read by kinds and one of them is filled in its own way, by both.
LISTS: dict[str, Empty] = {
    "products": Empty(
        _("There is nothing to buy yet. Products appear here as soon as the shop lists them."), (LIST_PRODUCT,)
    ),
    "catalogue": Empty(_("The catalogue is empty. List the first product."), (LIST_PRODUCT,)),
    "basket": Empty(
        _("Your basket is empty. What you add from the products waits here until you place an order."),
        (CHOOSE_PRODUCTS,),
    ),
    "my_orders": Empty(_("You have no orders yet. An order appears here when you place it."), (CHOOSE_PRODUCTS,)),
    "my_orders:chosen": Empty(
        _("None of your orders stands there now. One moves on as we pack and send it."),
        (Way(_("Show all of them"), "orders:my_orders"),),
    ),
    "my_returns": Empty(
        _("You have no returns. Open an order that has arrived, and request one there."),
        (Way(_("My orders"), "orders:my_orders"),),
    ),
    "my_data:orders": Empty(_("You have ordered nothing yet."), (CHOOSE_PRODUCTS,)),
    "stock": Empty(
        _("There is none. A product appears here when operations lists it, or the warehouse receives stock of it."),
        (RECEIVE_STOCK, LIST_PRODUCT),
    ),
    "stock:chosen": Empty(
        _("None is like that. A product is waited for when customers order more of it than there is."), (ALL_PRODUCTS,)
    ),
    "movements": Empty(
        _("Nothing has happened yet. Movements appear here when the warehouse receives stock."), (RECEIVE_STOCK,)
    ),
    "pick_lists": Empty(
        _(
            "Nothing is to be picked. The shop plans a shipment by itself when an order is confirmed and its goods are "
            "there."
        ),
        (RECEIVE_STOCK,),
    ),
    f"shipments:{OfShipment.PLANNED}": Empty(
        _("There are none. The shop plans a shipment by itself when an order is confirmed and its goods are there."),
        (RECEIVE_STOCK,),
    ),
    f"shipments:{OfShipment.PICKING}": Empty(
        _("There are none. A shipment appears here when somebody of the warehouse begins to pick it."),
        (Way(_("Start picking"), "orders:shipments", StartPicking, {"stage": OfShipment.PLANNED}),),
    ),
    f"shipments:{OfShipment.PACKED}": Empty(
        _(
            "There are none. A shipment is here from when the warehouse has packed it until the carrier has sent its "
            "label."
        ),
        (Way(_("Pack shipment"), "orders:shipments", PackShipment, {"stage": OfShipment.PICKING}),),
    ),
    f"shipments:{OfShipment.LABELLED}": Empty(
        _(
            "There are none. A shipment appears here when the warehouse has packed it and the carrier has sent its "
            "label."
        ),
        (Way(_("Pack shipment"), "orders:shipments", PackShipment, {"stage": OfShipment.PICKING}),),
    ),
    f"shipments:{OfShipment.DISPATCHED}": Empty(
        _("There are none. A shipment appears here when the warehouse hands it to the carrier."),
        (Way(_("Dispatch shipment"), "orders:shipments", DispatchShipment, {"stage": OfShipment.LABELLED}),),
    ),
    f"shipments:{OfShipment.DELIVERED}": Empty(
        _("There are none. A shipment appears here when the carrier says that it has arrived.")
    ),
    f"shipments:{OfShipment.LOST}": Empty(
        _("There are none. A shipment appears here when the carrier or customer service reports it lost."),
        (Way(_("Report shipment lost"), "orders:shipments", ReportShipmentLost, {"stage": OfShipment.DISPATCHED}),),
    ),
    f"shipments:{OfShipment.CANCELLED}": Empty(
        _("There are none. A shipment appears here when its order is cancelled, or the warehouse cancels it."),
        (Way(_("Cancel shipment"), "orders:shipments", CancelShipment, {"stage": OfShipment.PLANNED}),),
    ),
    "backorders": Empty(_("Every order has its goods. One appears here when customers order more than there is.")),
    "backorders:unanswered": Empty(
        _("No answer is waited for. The shop asks a customer by itself once goods have not come for 14 days.")
    ),
    "returns_desk": Empty(NO_RETURN, (REQUEST_RETURN,)),
    f"returns_desk:{OfReturn.APPROVED}": Empty(
        _("No return stands there now. A return appears here when customer service approves it."),
        (Way(_("Approve return"), "orders:returns_desk", ApproveReturn, {"stage": OfReturn.REQUESTED}),),
    ),
    f"returns_desk:{OfReturn.REJECTED}": Empty(
        _("No return stands there now. A return appears here when customer service rejects it."),
        (Way(_("Reject return"), "orders:returns_desk", RejectReturn, {"stage": OfReturn.REQUESTED}),),
    ),
    f"returns_desk:{OfReturn.ARRIVED}": Empty(
        _("No return stands there now. A return appears here when the warehouse receives it."),
        (Way(_("Receive return"), "orders:returns_desk", RecordReturnArrival, {"stage": OfReturn.APPROVED}),),
    ),
    f"returns_desk:{OfReturn.CLOSED}": Empty(
        _("No return stands there now. A return appears here when the warehouse has inspected all of it."),
        (Way(_("Inspect return"), "orders:returns_desk", InspectReturn, {"stage": OfReturn.ARRIVED}),),
    ),
    "find": Empty(_("Orders and customers appear here once you type the beginning of something they are known by.")),
    "find:nothing": Empty(
        _(
            "Nothing begins with “%(asked)s”. Each word you type may be the beginning of an order number, a name, an "
            "e-mail address, a product number or a tracking number."
        )
    ),
    "customer:orders": Empty(_("No order yet. Orders appear here as the customer places them.")),
    "customer:invoices": Empty(
        _("Nothing is owed. An invoice appears here when the warehouse dispatches what the customer orders on account.")
    ),
    "customer:addresses": Empty(_("None is kept with us. The customer adds one under “My data”.")),
    "sent_emails": Empty(
        _("Nothing was sent yet. The shop writes to customers by itself when something happens to their orders.")
    ),
    "invoices": Empty(
        _("No invoice waits to be paid. One appears here when the warehouse dispatches an order on account.")
    ),
    f"invoices:{OfInvoice.OPEN}": Empty(
        _("No invoice stands there now. One is issued when the warehouse dispatches an order on account.")
    ),
    f"invoices:{OfInvoice.OVERDUE}": Empty(
        _("No invoice stands there now. One appears here by itself when a customer has not paid it in time.")
    ),
    f"invoices:{OfInvoice.SETTLED}": Empty(
        _("No invoice stands there now. One appears here when finance has recorded that all of it is paid."),
        (Way(_("Record bank transfer"), "orders:invoices", RecordInvoicePayment),),
    ),
    f"invoices:{OfInvoice.WRITTEN_OFF}": Empty(
        _("No invoice stands there now. One appears here when finance writes it off."),
        (Way(_("Write off invoice"), "orders:invoices", WriteOffInvoice),),
    ),
    "refunds": Empty(NO_REFUND, (GOODWILL_REFUND,)),
    f"refunds:{OfRefund.PROPOSED}": Empty(
        _(
            "No refund stands there now. One appears here when customer service or finance grants more than one person "
            "may."
        ),
        (GOODWILL_REFUND,),
    ),
    f"refunds:{OfRefund.REJECTED}": Empty(
        _("No refund stands there now. One appears here when a second person of finance rejects it."),
        (Way(_("Reject refund"), "orders:refunds", RejectRefund, {"standing": OfRefund.PROPOSED}),),
    ),
    f"refunds:{OfRefund.REQUESTED}": Empty(
        _("No refund stands there now. One appears here as the payment provider is asked to pay it."),
        (Way(_("Approve refund"), "orders:refunds", ApproveRefund, {"standing": OfRefund.PROPOSED}),),
    ),
    f"refunds:{OfRefund.TO_TRANSFER}": Empty(
        _("No refund stands there now. One appears here by itself when its customer has paid by bank transfer."),
    ),
    f"refunds:{OfRefund.UNANSWERED}": Empty(
        _("No refund stands there now. One appears here by itself when the payment provider does not answer."),
    ),
    f"refunds:{OfRefund.REFUNDED}": Empty(
        _("No refund stands there now. One appears here when the payment provider has paid it, or finance has."),
        (Way(_("Transfer refund"), "orders:refunds", TransferRefund, {"standing": OfRefund.TO_TRANSFER}),),
    ),
    f"refunds:{OfRefund.FAILED}": Empty(
        _("No refund stands there now. One appears here when the payment provider could not pay it."),
    ),
    f"refunds:{OfRefund.CREDITED}": Empty(
        _("No refund stands there now. One appears here by itself when its customer still owes the invoice."),
    ),
    f"refunds:{OfRefund.WRITTEN_OFF}": Empty(
        _("No refund stands there now. One appears here when finance writes it off."),
        (Way(_("Write off refund"), "orders:refunds", WriteOffRefund, {"standing": OfRefund.FAILED}),),
    ),
    "payment_ledger": Empty(
        _(
            "No money has moved yet. A booking appears here when the payment provider authorizes the card, or the shop "
            "issues an invoice."
        )
    ),
    f"what_needs_doing:{WAREHOUSE}": Empty(
        _("A task appears here when a customer's order can be picked, or a customer's goods come back."),
        (RECEIVE_STOCK,),
    ),
    f"what_needs_doing:{CUSTOMER_SERVICE}": Empty(
        _("A task appears here when a customer wants to return goods, or an order is held or lacks some."),
        (REQUEST_RETURN,),
    ),
    f"what_needs_doing:{FINANCE}": Empty(
        _(
            "A task appears here when a refund has to be approved, the payment provider refuses, or a customer does "
            "not pay in time."
        ),
        (GOODWILL_REFUND,),
    ),
    f"what_needs_doing:{OPERATIONS}": Empty(
        _("What a process or a reader could not do is listed under Operations."),
        (Way(_("Operations"), "orders:read_models"),),
    ),
    "instances": Empty(_("No instance of it runs. The process begins one by itself with an event that concerns it.")),
    "failing": Empty(_("Everything that was to be sent could be sent. What a process could not send appears here.")),
    "deadlines": Empty(_("No process waits for a time. A process sets its deadlines by itself.")),
    "parked_events": Empty(
        _("Nothing is parked. An event that a reader could not take appears here, with those behind it.")
    ),
    "notices": Empty(
        _(
            "No notice waits for a person. What another system wrote, and nothing could be made of for more than an "
            "hour, appears here, and so does what differs between a provider's books and ours."
        )
    ),
    "borders": Empty(
        _("No other system is connected. One appears here when whoever installs the shop names it in the settings.")
    ),
    "event_log": Empty(
        _("There is no such event. One appears here with everything that customers, staff and other systems do."),
        (Way(_("Show all of them"), "orders:event_log"),),
    ),
    "audit_trail": Empty(
        _("Nobody asked for that. Every command of a person or another system appears here."),
        (Way(_("Show all of them"), "orders:audit_trail"),),
    ),
}
LISTS[f"what_needs_doing:{ADMIN}"] = LISTS[f"what_needs_doing:{OPERATIONS}"]


def nothing_in(name: str, kinds: Iterable[str], roles: frozenset[str], **values: Any) -> dict[str, Any]:
    """What an empty list says to somebody with these roles, and the ways that they go from there."""
    found = list(of_kinds(name, kinds))
    ways = dict.fromkeys((str(way.title), way.url) for each in found for way in each.ways if way.is_for(roles))
    return {"sentences": [each.says % values if values else each.says for each in found], "ways": ways}


def of_kinds(name: str, kinds: Iterable[str]) -> Iterator[Empty]:
    """What is said of these kinds; of the list itself, where they are filled in no way of their own."""
    own = [LISTS[f"{name}:{kind}"] for kind in kinds if f"{name}:{kind}" in LISTS]
    yield from own or [LISTS[name]]
