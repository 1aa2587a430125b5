"""A story in which every task of the shop is done once, each by whose task it is, on its own screen."""

from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

from django.test import Client
from django.urls import reverse

from accounts.domain.roles import CUSTOMER, CUSTOMER_SERVICE, FINANCE, OPERATIONS, WAREHOUSE
from accounts.models import User
from eventstore import clock
from eventstore.models import OwedCommand, Parked
from eventstore.rest import to_rest
from orders.domain.reasons import OTHER
from orders.domain.shipment import RecordDelivery
from projections.shipments import Shipment
from tests import factories
from tests.addresses import a_notice, kept_address
from tests.desk import VISA, at_the_desk, keep_card
from tests.orders.money_room import (
    capture_failed,
    card_declined,
    failed_refund,
    invoiced,
    paid_by_card,
    proposed_refund,
    refund_to_transfer,
)
from tests.orders.warehouse.parcels import coming_back, parcel, place, settle
from tests.processes.errands.at_work import begin, errands
from tests.shop import DELIVERY, KETTLE, MUG, SEEDS, WHERE_TO, browsing, placed_order, send, somebody, suspend

BECAUSE = OTHER
UNWANTED = "It is not needed any more."


def refused(errand: str) -> OwedCommand:
    """What could not be sent for an errand that begins."""
    begin(errand, "ann", how="not")
    to_rest()
    return OwedCommand.objects.get(stream=f"process-errand:{errand}", next_try_at=None)


class Doing(NamedTuple):
    """A task that somebody does: the name of its screen, who it is, their browser, its address, their answers."""

    name: str
    who: User
    client: Client
    address: str
    answers: dict[str, str]


class Story:
    """The people of the shop, and what each of them does."""

    def __init__(self, clara: User) -> None:
        self.people = {CUSTOMER: clara}
        for role in (WAREHOUSE, CUSTOMER_SERVICE, FINANCE, OPERATIONS):
            self.people[role] = somebody(role)
        self.clients = {role: browsing(user) for role, user in self.people.items()}

    def does(self, role: str, name: str, /, *about: Any, **answers: str) -> Doing:
        """Somebody of a role does a task about something."""
        full = name if ":" in name else f"orders:{name}"
        return Doing(full, self.people[role], self.clients[role], reverse(full, args=about), answers)

    def told(self) -> Iterator[Doing]:
        """All of it; whatever a task needs has happened by the time that it is told of."""
        for part in self.PARTS:
            yield from part(self)

    def of_orders(self) -> Iterator[Doing]:
        """What is done with an order, by its customer or for them."""
        clara, client = self.people[CUSTOMER], self.clients[CUSTOMER]
        client.post("/basket/add/", {"sku": MUG, "quantity": "1"})
        client.post("/orders/place/", DELIVERY)
        client.post("/orders/place/payment/", {"payment_terms": "on_account"})
        yield self.does(CUSTOMER, "place_order_check")
        order_id = placed_order(clara)
        yield self.does(CUSTOMER, "change_delivery_address", order_id, **WHERE_TO | {"street": "Gartenweg 3"})
        yield self.does(CUSTOMER_SERVICE, "hold_order", order_id, reason=BECAUSE)
        yield self.does(CUSTOMER_SERVICE, "release_order", order_id)
        yield self.does(CUSTOMER, "cancel_lines", order_id, sku=MUG, quantity="1", reason=UNWANTED)
        yield self.does(CUSTOMER, "cancel_order", order_id, reason=UNWANTED)
        waits = place(clara, {SEEDS: 1})
        send(factories.OfferBackorderChoice.build(order_id=waits))
        yield self.does(CUSTOMER, "answer_backorder", waits, answer="wait")
        with at_the_desk():
            keep_card(client, VISA)
            yield self.does(CUSTOMER, "pay_with_another_card", card_declined(clara), card=VISA[0])

    def of_a_parcel(self) -> Iterator[Doing]:
        """A parcel from the shelf to the carrier, who loses it; and one that is stopped."""
        shipment_id = parcel(self.people[CUSTOMER], pieces={MUG: 2})
        yield self.does(WAREHOUSE, "start_picking", shipment_id)
        yield self.does(WAREHOUSE, "report_short_pick", shipment_id, sku=MUG, missing="1")
        yield self.does(WAREHOUSE, "pick_shipment", shipment_id, sku=MUG, quantity="1")
        yield self.does(WAREHOUSE, "pack_shipment", shipment_id, grams="800 g")
        send(factories.RecordLabel.build(shipment_id=shipment_id))
        yield self.does(WAREHOUSE, "dispatch_shipment", shipment_id)
        settle()
        yield self.does(CUSTOMER_SERVICE, "report_shipment_lost", shipment_id)
        stopped = parcel(self.people[CUSTOMER], pieces={MUG: 2})
        yield self.does(WAREHOUSE, "cancel_shipment", stopped, reason=BECAUSE)
        settle()

    def of_returns(self) -> Iterator[Doing]:
        """Goods come back, or are not to."""
        return_id = coming_back(self.people[CUSTOMER], approved=False)
        yield self.does(CUSTOMER_SERVICE, "approve_return", return_id)
        yield self.does(WAREHOUSE, "record_return_arrival", return_id)
        yield self.does(WAREHOUSE, "inspect_return", return_id, sku=MUG, sellable="2", damaged="0")
        again = parcel(self.people[CUSTOMER], "dispatched", {MUG: 1})
        send(RecordDelivery(shipment_id=again, delivered_at=clock.now()))
        settle()
        order_id = Shipment.objects.get(shipment_id=again).order_id
        asked = {f"pieces-{MUG}": "1", "reason": "damaged"}
        yield self.does(CUSTOMER, "request_return", order_id, **asked)
        rejected = UUID(int=7)
        order = {"order_id": order_id, "customer_id": self.people[CUSTOMER].id}
        send(factories.RequestReturn.build(**order, return_id=rejected))
        settle()
        yield self.does(CUSTOMER_SERVICE, "reject_return", rejected, reason=BECAUSE)

    def of_money(self) -> Iterator[Doing]:
        """Refunds, captures and invoices, of which some are given up."""
        clara, other = self.people[CUSTOMER], somebody(CUSTOMER_SERVICE, "Another")
        paid, _ = paid_by_card(clara)
        yield self.does(CUSTOMER_SERVICE, "goodwill_refund", paid, amount="5.00", reason=BECAUSE)
        yield self.does(FINANCE, "approve_refund", proposed_refund(clara, other))
        yield self.does(FINANCE, "reject_refund", proposed_refund(clara, other), reason=BECAUSE)
        yield self.does(FINANCE, "retry_refund", failed_refund(clara))
        yield self.does(FINANCE, "transfer_refund", refund_to_transfer(clara), reference="T-2")
        yield self.does(FINANCE, "write_off_refund", failed_refund(clara), reason=BECAUSE)
        yield self.does(FINANCE, "retry_capture", capture_failed(clara)[1])
        yield self.does(FINANCE, "write_off_capture", capture_failed(clara)[1], reason=BECAUSE)
        yield self.does(FINANCE, "record_bank_transfer", invoiced(clara), amount="10.00", transfer="T-1")
        yield self.does(FINANCE, "write_off_invoice", invoiced(clara), reason=BECAUSE)

    def of_stock_and_catalogue(self) -> Iterator[Doing]:
        """What lies on the shelves, and what is for sale."""
        yield self.does(WAREHOUSE, "receive_stock", sku=MUG, quantity="3")
        yield self.does(WAREHOUSE, "write_off_stock", sku=MUG, quantity="1", reason=BECAUSE)
        yield self.does(WAREHOUSE, "count_stock", sku=MUG, counted="40")
        new = {"sku": "TEA-ASSAM", "name": "Assam", "description": "Malty.", "picture": "products/tea-070.svg"}
        yield self.does(OPERATIONS, "list_product", **new, price="9.50")
        yield self.does(OPERATIONS, "change_price", MUG, price="13.00")
        yield self.does(OPERATIONS, "withdraw_product", KETTLE)

    def of_what_went_wrong(self) -> Iterator[Doing]:
        """Events that could not be taken, what other systems wrote, and errands with which nobody helps."""
        of = {"reader": "products", "stream": f"product-{MUG}", "error": "No."}
        first, _behind = (Parked.objects.create(**of, position=place) for place in (1, 2))
        yield self.does(OPERATIONS, "skip_event", first.id, reason=BECAUSE)
        yield self.does(OPERATIONS, "set_notice_aside", a_notice().id, reason=BECAUSE)
        with errands():
            for errand, how in (("tea", "retry_command"), ("coffee", "skip_command")):
                yield self.does(OPERATIONS, how, f"errand:{errand}", refused(errand).command_id, reason=BECAUSE)
            refused("water")
            yield self.does(OPERATIONS, "compensate_process", "errand:water", reason=BECAUSE)

    def of_a_customer(self) -> Iterator[Doing]:
        """What is noted of a customer, until nothing is."""
        clara = self.people[CUSTOMER]
        contact = {"name": "Clara Vogel", "email": clara.email, "telephone": "+49 341 1234567"}
        yield self.does(CUSTOMER, "accounts:change_contact_details", **contact)
        yield self.does(CUSTOMER, "accounts:add_delivery_address", **WHERE_TO)
        yield self.does(CUSTOMER, "accounts:remove_delivery_address", kept_address(clara))
        yield self.does(CUSTOMER_SERVICE, "suspend_customer", clara.id, reason=BECAUSE)
        suspended = somebody(CUSTOMER, "Sara Still")
        suspend(suspended)
        settle()
        yield self.does(CUSTOMER_SERVICE, "reinstate_customer", suspended.id, reason=BECAUSE)
        self.people[CUSTOMER] = somebody(CUSTOMER, "Eva Ende")
        self.clients[CUSTOMER] = browsing(self.people[CUSTOMER])
        yield self.does(CUSTOMER, "accounts:erase_my_data")

    # Each can be told by itself.
    PARTS = (of_orders, of_a_parcel, of_returns, of_money, of_stock_and_catalogue, of_what_went_wrong, of_a_customer)
