"""Stories: what becomes of an order, from the first command to the last. Whatever else happens, it can be done."""

from collections.abc import Callable, Iterator
from uuid import UUID

from eventstore.messages import Command
from orders.domain.money import Money, total
from orders.domain.order import Parcel, PlaceOrder
from orders.domain.payment import GOODWILL, AuthorizationRequest, CaptureRequest, RefundRequest
from tests import factories as f

type Story = Callable[["Teller"], Iterator[Command]]


class Teller:
    """Somebody who tells what becomes of one order."""

    def __init__(self, placed: PlaceOrder, identity: Callable[[], UUID]) -> None:
        self.id = placed.order_id
        self.customer = placed.customer_id
        self.lines = placed.lines
        self.pieces = {line.sku: line.quantity for line in placed.lines}
        self.total = total(line.shown * line.quantity for line in placed.lines)
        self.shipment, self.refund, self.returned = identity(), identity(), identity()
        self.identity = identity

    def reserve(self) -> Iterator[Command]:
        """The pieces are asked for before they are there."""
        for sku, quantity in self.pieces.items():
            yield f.ReserveStock.build(sku=sku, order_id=self.id, quantity=quantity)

    def stock(self) -> Iterator[Command]:
        """As many pieces come as the order wants: whatever else leaves, these are there for it."""
        for sku, quantity in self.pieces.items():
            yield f.ReceiveStock.build(sku=sku, quantity=quantity)

    def authorize(self) -> Iterator[Command]:
        """The card is good."""
        yield f.RequestPayment.build(order_id=self.id, amount=self.total)
        yield f.RecordAuthorization.build(order_id=self.id, amount=self.total)

    def pick(self) -> Iterator[Command]:
        """Somebody begins to pick."""
        yield f.PlanShipment.build(shipment_id=self.shipment, order_id=self.id, pieces=self.pieces)
        yield f.StartPicking.build(shipment_id=self.shipment)

    def ship(self) -> Iterator[Command]:
        """All of it leaves."""
        yield from self.pick()
        for sku, quantity in self.pieces.items():
            yield f.RecordPick.build(shipment_id=self.shipment, sku=sku, quantity=quantity)
        yield f.PackShipment.build(shipment_id=self.shipment)
        yield f.RecordLabel.build(shipment_id=self.shipment, tracking_number=f"PP{self.shipment.int % 10**9}")
        yield f.DispatchShipment.build(shipment_id=self.shipment)
        for sku, quantity in self.pieces.items():
            yield f.DispatchReservedStock.build(sku=sku, order_id=self.id, shipment_id=self.shipment, quantity=quantity)

    def capture(self) -> Iterator[Command]:
        """The card is charged."""
        share = {"order_id": self.id, "shipment_id": self.shipment, "amount": self.total}
        yield f.CapturePayment.build(**share)
        yield f.RecordCapture.build(**share)

    def prepaid(self) -> Iterator[Command]:
        """Paid by card, all sent at once."""
        yield from self.reserve()
        yield from self.authorize()
        yield f.ConfirmOrder.build(order_id=self.id)
        yield from self.stock()
        yield from self.ship()
        yield from self.capture()
        yield f.RecordDelivery.build(shipment_id=self.shipment)

    def completed(self) -> Iterator[Command]:
        """All is well."""
        yield from self.prepaid()
        yield f.CompleteOrder.build(order_id=self.id, parcels=(Parcel(stage="delivered", pieces=self.pieces),))

    def brought_back(self) -> Iterator[Command]:
        """A piece comes back, damaged, and is paid back."""
        yield from self.completed()
        line = self.lines[0]
        yield f.RequestReturn.build(
            return_id=self.returned,
            order_id=self.id,
            customer_id=self.customer,
            pieces={line.sku: 1},
            deliveries=(f.Delivery.build(sku=line.sku, price=line.shown, quantity=line.quantity),),
        )
        yield f.ApproveReturn.build(return_id=self.returned)
        yield f.RecordReturnArrival.build(return_id=self.returned)
        yield f.InspectReturn.build(return_id=self.returned, sku=line.sku, sellable=0, damaged=1)
        yield f.CloseReturn.build(return_id=self.returned)
        yield f.RestockReturn.build(sku=line.sku, return_id=self.returned, sellable=0, damaged=1)
        back = {"order_id": self.id, "refund_id": self.refund, "amount": line.shown}
        yield f.RefundPayment.build(**back)
        yield f.RecordRefund.build(**back)

    def kept(self) -> Iterator[Command]:
        """The customer has to keep what they wanted to return."""
        yield from self.prepaid()
        line = self.lines[-1]
        yield f.RequestReturn.build(
            return_id=self.returned,
            order_id=self.id,
            customer_id=self.customer,
            pieces={line.sku: 1},
            deliveries=(f.Delivery.build(sku=line.sku, price=line.shown, quantity=line.quantity),),
        )
        yield f.RejectReturn.build(return_id=self.returned)

    def on_account(self) -> Iterator[Command]:
        """Invoiced, and paid too late, in two parts, with a cent too much."""
        yield from self.invoiced()
        bill = {"order_id": self.id, "shipment_id": self.shipment}
        if self.total.cents > 1:
            yield f.RecordInvoicePayment.build(**bill, amount=Money(cents=1), transfer="SEPA-1")
        yield f.MarkInvoiceOverdue.build(**bill)
        yield f.RecordInvoicePayment.build(**bill, amount=self.total, transfer="SEPA-2")

    def invoiced(self) -> Iterator[Command]:
        """Sent before it is paid."""
        yield from self.reserve()
        yield f.ConfirmOrder.build(order_id=self.id)
        yield from self.stock()
        yield from self.ship()
        yield f.IssueInvoice.build(order_id=self.id, shipment_id=self.shipment, amount=self.total)

    def never_paid(self) -> Iterator[Command]:
        """Nobody pays the invoice; a part of it was credited."""
        yield from self.invoiced()
        bill = {"order_id": self.id, "shipment_id": self.shipment}
        if self.total.cents > 1:
            yield f.RefundPayment.build(order_id=self.id, refund_id=self.refund, amount=Money(cents=1))
        yield f.MarkInvoiceOverdue.build(**bill)
        yield f.RemindOfInvoice.build(**bill)
        yield f.WriteOffInvoice.build(**bill)

    def declined(self) -> Iterator[Command]:
        """The card is not good, and neither is another one."""
        yield from self.reserve()
        yield f.RequestPayment.build(order_id=self.id, amount=self.total)
        yield f.RecordDecline.build(order_id=self.id)
        yield f.PayWithAnotherCard.build(order_id=self.id, customer_id=self.customer)
        yield f.RecordDecline.build(order_id=self.id, attempt=2)
        yield f.RejectOrder.build(order_id=self.id)
        yield from self.release()

    def unanswered(self) -> Iterator[Command]:
        """The provider answers late, and too late."""
        yield f.RequestPayment.build(order_id=self.id, amount=self.total)
        yield f.RecordUnknownOutcome.build(order_id=self.id, request=AuthorizationRequest(attempt=1))
        yield f.RecordAuthorization.build(order_id=self.id, amount=self.total)
        yield f.ExpireAuthorization.build(order_id=self.id)
        yield f.RequestPayment.build(order_id=self.id, attempt=2, amount=self.total)
        yield f.VoidAuthorization.build(order_id=self.id, attempt=2)
        yield f.RecordAuthorization.build(order_id=self.id, attempt=2, amount=self.total)
        yield f.ExpireAuthorization.build(order_id=self.id, attempt=2)

    def let_go(self) -> Iterator[Command]:
        """The customer does not want it any more, and all of it is there."""
        yield from self.stock()
        yield from self.reserve()
        yield f.CancelOrder.build(order_id=self.id)
        yield from self.release()

    def release(self) -> Iterator[Command]:
        """Nothing of it is wanted any more."""
        for sku, quantity in self.pieces.items():
            yield f.ReleaseReservation.build(sku=sku, order_id=self.id, no_longer_wanted=quantity)

    def cancelled(self) -> Iterator[Command]:
        """The customer does not want it any more, and it can be stopped."""
        yield from self.reserve()
        yield from self.authorize()
        yield f.ConfirmOrder.build(order_id=self.id)
        yield from self.stock()
        yield from self.pick()
        yield f.CancelOrder.build(order_id=self.id, parcels=(Parcel(stage="picking", pieces=self.pieces),))
        yield f.CancelShipment.build(shipment_id=self.shipment)
        yield f.CancelOrder.build(order_id=self.id)
        yield f.VoidAuthorization.build(order_id=self.id)
        yield from self.release()

    def changed(self) -> Iterator[Command]:
        """It waits, is held and released, goes elsewhere, and its customer answers, and takes less of it."""
        yield from self.reserve()
        yield f.ConfirmOrder.build(order_id=self.id)
        yield f.ChangeDeliveryAddress.build(order_id=self.id)
        yield f.HoldOrder.build(order_id=self.id)
        yield f.ReleaseOrder.build(order_id=self.id)
        sku = self.lines[0].sku
        yield f.CancelOrderLines.build(order_id=self.id, cancellation_id=self.refund, sku=sku)
        yield f.ReleaseReservation.build(sku=sku, order_id=self.id, no_longer_wanted=1)
        if sum(self.pieces.values()) > 1:
            yield f.OfferBackorderChoice.build(order_id=self.id)
            yield f.AnswerBackorder.build(order_id=self.id)

    def refused(self) -> Iterator[Command]:
        """It could not be stopped."""
        yield f.ConfirmOrder.build(order_id=self.id)
        yield f.HoldOrder.build(order_id=self.id)
        yield f.CancelOrder.build(order_id=self.id, parcels=(Parcel(stage="packed", pieces=self.pieces),))
        yield f.RefuseCancellation.build(order_id=self.id)

    def short(self) -> Iterator[Command]:
        """A piece is not where it should be."""
        yield from self.reserve()
        yield from self.stock()
        yield from self.pick()
        sku = self.lines[0].sku
        yield f.ReportShortPick.build(shipment_id=self.shipment, sku=sku)
        yield f.ReceiveStock.build(sku=sku, quantity=1)
        yield f.WriteOffShortPick.build(sku=sku, order_id=self.id, shipment_id=self.shipment)

    def lost(self) -> Iterator[Command]:
        """The parcel is lost, and found."""
        yield f.ConfirmOrder.build(order_id=self.id)
        yield from self.stock()
        yield from self.ship()
        yield f.ReportShipmentLost.build(shipment_id=self.shipment)
        yield f.RecordDelivery.build(shipment_id=self.shipment)

    def uncaptured(self) -> Iterator[Command]:
        """The card cannot be charged for what has left."""
        yield from self.authorize()
        share = {"order_id": self.id, "shipment_id": self.shipment}
        yield f.CapturePayment.build(**share, amount=self.total)
        request = CaptureRequest(shipment_id=self.shipment, attempt=1)
        yield f.RecordUnknownOutcome.build(order_id=self.id, request=request)
        yield f.RecordCaptureFailure.build(**share)
        yield f.RetryCapture.build(**share, attempt=2)
        yield f.RecordCaptureFailure.build(**share, attempt=2)
        yield f.WriteOffCapture.build(**share)

    def sorry(self) -> Iterator[Command]:
        """A small refund fails, and is written off; a large one is proposed and rejected, and another one approved."""
        yield from self.prepaid()
        small = {"order_id": self.id, "refund_id": self.refund}
        yield f.GrantGoodwillRefund.build(**small, amount=Money(cents=1))
        yield f.RecordUnknownOutcome.build(order_id=self.id, request=RefundRequest(refund_id=self.refund, attempt=1))
        yield f.RecordRefundFailure.build(**small)
        yield f.RetryRefund.build(**small, attempt=2)
        yield f.RecordRefundFailure.build(**small, attempt=2)
        yield f.WriteOffRefund.build(**small)
        if self.total.cents > GOODWILL.cents:
            for answer in (f.RejectRefund, f.ApproveRefund):
                large = {"order_id": self.id, "refund_id": self.identity()}
                yield f.GrantGoodwillRefund.build(**large, amount=GOODWILL + Money(cents=1))
                yield answer.build(**large)
        for refund in (self.shipment, self.returned):  # what is left goes back, and then nothing is left
            yield f.RefundPayment.build(order_id=self.id, refund_id=refund, amount=self.total)


ON_ACCOUNT = (Teller.on_account, Teller.never_paid)
PREPAID = (
    Teller.let_go,
    Teller.completed,
    Teller.brought_back,
    Teller.kept,
    Teller.declined,
    Teller.unanswered,
    Teller.cancelled,
    Teller.changed,
    Teller.refused,
    Teller.short,
    Teller.lost,
    Teller.uncaptured,
    Teller.sorry,
)


def of_a_customer(customer_id: UUID, address_id: UUID) -> Iterator[Command]:
    """Somebody comes, moves, is suspended and reinstated, and is forgotten."""
    yield f.RegisterCustomer.build(customer_id=customer_id)
    yield f.AddDeliveryAddress.build(customer_id=customer_id, address_id=address_id)
    yield f.ReportRefusedEmail.build(customer_id=customer_id)
    yield f.ChangeContactDetails.build(customer_id=customer_id)
    yield f.SuspendCustomer.build(customer_id=customer_id)
    yield f.ReinstateCustomer.build(customer_id=customer_id)
    yield f.RemoveDeliveryAddress.build(customer_id=customer_id, address_id=address_id)
    yield f.EraseCustomer.build(customer_id=customer_id)


def of_stock(sku: str) -> Iterator[Command]:
    """Pieces are written off and counted."""
    yield f.ReceiveStock.build(sku=sku, quantity=3)
    yield f.WriteOffStock.build(sku=sku, quantity=1)
    yield f.CountStock.build(sku=sku, counted=0)


def stories_for(placed: PlaceOrder) -> tuple[Story, ...]:
    """The stories that can be told to an order."""
    return ON_ACCOUNT if placed.payment_terms == "on_account" else PREPAID
