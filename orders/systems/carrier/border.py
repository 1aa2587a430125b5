"""The border to the carrier: what the carriage of a parcel asks for, asked of whichever carrier there is."""

from collections.abc import Sequence
from uuid import UUID

from accounts.domain.address import Address
from accounts.domain.roles import CARRIER
from eventstore import log
from eventstore.inbox import NotYet
from eventstore.messages import Command, Request
from orders.domain import order, shipment
from orders.processes.carriage import BuyLabel, DiscardLabel, FindParcel, GiveLabelBack
from orders.systems.carrier import labels, tracking
from orders.systems.carrier.port import Carrier, Label, NoCarrier, Parcel


class CarrierBorder:
    """The carrier, as the outbox asks it. A parcel's reference there is the shipment's id, and no key but that."""

    name = "carrier"
    role = CARRIER
    requests: Sequence[type[Request]] = (BuyLabel, GiveLabelBack, FindParcel, DiscardLabel)

    def __init__(self, carrier: Carrier) -> None:
        self.carrier = carrier

    def ask(self, request: Request, _: UUID) -> Sequence[Command]:
        """Ask the carrier. Each of these can be asked twice, and changes nothing then."""
        match request:
            case BuyLabel():
                return self.bought(request)
            case GiveLabelBack(shipment_id=shipment_id):
                labels.forget(shipment_id)
                self.carrier.give_back(str(shipment_id))
            case FindParcel(shipment_id=shipment_id):
                return self.found(shipment_id)
            case DiscardLabel(shipment_id=shipment_id):
                labels.forget(shipment_id)
            case _:
                raise TypeError(f"The carrier is not asked for {type(request).__name__}.")
        return []

    def find_out(self, request: Request, _: UUID) -> Sequence[Command] | None:
        """The label that was bought already, if there is one. All other requests are simply made once more."""
        if not isinstance(request, BuyLabel):
            return None
        label = self.carrier.label(str(request.shipment_id))
        return self.printed(request.shipment_id, label) if label else None

    def unknown(self, _: Request) -> Sequence[Command]:
        """Nobody has to be told: the parcel waits."""
        return []

    def bought(self, request: BuyLabel) -> Sequence[Command]:
        """A label, unless it is not needed any more, or there is one that somebody else has made out."""
        if not isinstance(tracking.state_of(request.shipment_id), shipment.Packed):
            return []
        parcel = Parcel(str(request.shipment_id), request.grams, address_of(request.order_id))
        return self.printed(request.shipment_id, self.carrier.buy(parcel))

    def printed(self, shipment_id: UUID, label: Label) -> Sequence[Command]:
        """The label's file is kept, and the parcel has its number."""
        labels.keep(shipment_id, self.carrier.file(label))
        return [
            shipment.RecordLabel(shipment_id=shipment_id, carrier=label.carrier, tracking_number=label.tracking_number)
        ]

    def found(self, shipment_id: UUID) -> Sequence[Command]:
        """What the carrier knows of a parcel."""
        whereabouts = self.carrier.whereabouts(str(shipment_id))
        try:
            return tracking.told(shipment_id, whereabouts) if whereabouts else []
        except NotYet:
            return []


def address_of(order_id: UUID) -> Address:
    """Where an order goes, of its own stream. NoCarrier where the customer was erased."""
    for fact in log.read_stream(f"order-{order_id}", backwards=True):
        if isinstance(fact.event, order.OrderPlaced | order.DeliveryAddressChanged):
            if fact.event.delivery_address is None:
                break
            return fact.event.delivery_address
    raise NoCarrier("Nobody knows any more where this order was to go.")
