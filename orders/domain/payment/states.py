"""What a payment can be, and the ledger that it keeps of captures, invoices and refunds."""

from collections.abc import Iterator
from typing import Any, Literal
from uuid import UUID

from msgspec.structs import replace

from eventstore.messages import Message, State
from orders.domain.moment import Moment
from orders.domain.money import Money, total

NOTHING = Money(cents=0)

type CaptureStanding = Literal["requested", "unanswered", "captured", "failed", "written_off"]
type InvoiceStanding = Literal["open", "overdue", "settled", "written_off"]
type RefundStanding = Literal[
    "proposed", "requested", "unanswered", "refunded", "failed", "credited", "nothing_left", "rejected", "written_off"
]

type RefundWay = Literal["card", "transfer"]


class Capture(Message):
    """What the card is charged for one shipment, and under which authorization; `taken` are attempts that succeeded."""

    authorization: int
    attempt: int
    amount: Money
    standing: CaptureStanding
    taken: frozenset[int] = frozenset()


class Invoice(Message):
    """What a customer on account owes for one shipment: so much is `left`.

    `transfers` is what came with each of the bank's transfers, by its reference.
    """

    due_at: Moment
    left: Money
    paid: Money = NOTHING
    standing: InvoiceStanding = "open"
    transfers: dict[str, Money] = {}
    reminders: int = 0


class Refund(Message):
    """What goes back to the customer. So much of it is `gone`, although all of it could not go.

    What of it was paid `otherwise` went past the provider.
    """

    amount: Money
    standing: RefundStanding
    reason: str
    attempt: int = 1
    proposed_by: str = ""
    gone: Money = NOTHING
    otherwise: Money = NOTHING

    @property
    def back(self) -> Money:
        """What of it went back."""
        return self.amount if self.standing == "refunded" else self.gone

    @property
    def rest(self) -> Money:
        """What of it is still to go back."""
        return self.amount - self.settled

    @property
    def settled(self) -> Money:
        """What of it the customer has, whichever way it went, although all of it could not go."""
        return self.gone + self.otherwise


class Ledger(Message):
    """What was taken and given back. Captures and invoices go by their shipment, `late` money by nothing.

    `held` are the authorizations that the provider has confirmed; `unwanted` those of them that came too late, and
    still hold the customer's money.
    """

    held: frozenset[int] = frozenset()
    unwanted: dict[int, Money] = {}
    captures: dict[UUID, Capture] = {}
    invoices: dict[UUID, Invoice] = {}
    refunds: dict[UUID, Refund] = {}
    late: Money = NOTHING

    @property
    def received(self) -> Money:
        """What came in, by card or by bank."""
        captured = [capture.amount for capture in self.captures.values() if capture.standing == "captured"]
        return total([*captured, *(invoice.paid for invoice in self.invoices.values()), self.late])

    @property
    def way_back(self) -> RefundWay:
        """How a refund goes back: as the money came. Who pays by invoice has given us no card."""
        return "transfer" if self.invoices else "card"

    @property
    def refunded(self) -> Money:
        """What went back as it came."""
        return total(refund.back for refund in self.refunds.values())

    @property
    def refundable(self) -> Money:
        """What came in, and neither went back nor is about to. A failed refund is still owed."""
        ended = ("credited", "rejected", "written_off")
        back = (each.settled if each.standing in ended else each.amount for each in self.refunds.values())
        return self.received - total(back)

    @property
    def left(self) -> Money:
        """What can still be given back: what came in, and what was never paid. Never less than nothing."""
        left = self.refundable + total(invoice.left for _, invoice in self.unpaid())
        return max(left, NOTHING, key=lambda money: money.cents)

    def owed(self) -> list[tuple[UUID, Invoice]]:
        """The invoices that are still to be paid, by their shipment, oldest first."""
        return [each for each in self.invoices.items() if each[1].standing in ("open", "overdue")]

    def unpaid(self) -> list[tuple[UUID, Invoice]]:
        """The invoices that are owed, and after them those that were written off: they may be paid all the same."""
        written_off = [each for each in self.invoices.items() if each[1].standing == "written_off"]
        return [*self.owed(), *written_off]

    def with_capture(self, shipment_id: UUID, **changes: Any) -> "Ledger":
        """The ledger with one capture changed."""
        return replace(self, captures=self.captures | {shipment_id: replace(self.captures[shipment_id], **changes)})

    def with_failure(self, shipment_id: UUID, amount: Money) -> "Ledger":
        """The ledger once a capture has failed; also one that was never tried, as no card held the amount."""
        untried = Capture(authorization=0, attempt=0, amount=amount, standing="failed")
        failed = replace(self.captures.get(shipment_id, untried), standing="failed")
        return replace(self, captures=self.captures | {shipment_id: failed})

    def with_invoice(self, shipment_id: UUID, **changes: Any) -> "Ledger":
        """The ledger with one invoice changed."""
        return replace(self, invoices=self.invoices | {shipment_id: replace(self.invoices[shipment_id], **changes)})

    def with_transfer(self, shipment_id: UUID, transfer: str, amount: Money, **changes: Any) -> "Ledger":
        """The ledger with one invoice changed by what a bank transfer has brought."""
        before = self.invoices[shipment_id].transfers
        transfers = before | {transfer: before.get(transfer, NOTHING) + amount}
        return self.with_invoice(shipment_id, transfers=transfers, **changes)

    def with_refund(self, refund_id: UUID, **changes: Any) -> "Ledger":
        """The ledger with one refund changed."""
        return replace(self, refunds=self.refunds | {refund_id: replace(self.refunds[refund_id], **changes)})

    def without_proposals(self) -> "Ledger":
        """The ledger as if nobody had proposed a refund that a second person has not approved yet."""
        refunds = {key: each for key, each in self.refunds.items() if each.standing != "proposed"}
        return replace(self, refunds=refunds)

    def committed(self, authorization: int) -> Money:
        """What is spoken for of an authorization. A failed capture keeps its share, as its goods have left."""
        return total(each.amount for each in self.under(authorization))

    def captured(self, authorization: int) -> Money:
        """What was taken of an authorization."""
        return total(each.amount for each in self.under(authorization) if each.standing == "captured")

    def under(self, authorization: int) -> Iterator[Capture]:
        """The captures that go by an authorization."""
        return (each for each in self.captures.values() if each.authorization == authorization)

    def capturing(self) -> bool:
        """Whether the outcome of a capture is still awaited."""
        return any(each.standing in ("requested", "unanswered") for each in self.captures.values())

    def to_come(self, amount: Money) -> bool:
        """Whether part of an amount may still come in: it has not been asked for, or can be asked for once more."""
        asked = total([*(capture.amount for capture in self.captures.values()), self.late])
        failed = any(capture.standing == "failed" for capture in self.captures.values())
        return self.capturing() or failed or (not self.invoices and amount.cents > asked.cents)


class Unrequested(State):
    """Nobody has asked for any money yet."""

    ledger: Ledger = Ledger()


class Card(State):
    """A payment by card, in its `attempt` to have `amount` authorized."""

    attempt: int
    amount: Money
    ledger: Ledger


class Requested(Card):
    """The provider was asked to authorize, and has not answered yet."""


class Unanswered(Card):
    """The provider took the request and never answered: it is asked what became of it, never to do it again."""


class Declined(Card):
    """The provider has said no."""


class Authorized(Card):
    """The amount is held on the card until `expires_at`, to be captured as the parcels leave."""

    expires_at: Moment


class Expired(Card):
    """The amount is no longer held, as it took too long."""


class Voided(Card):
    """The amount is not wanted any more, whether it was held or not."""


class OnAccount(State):
    """A payment by invoice."""

    ledger: Ledger


type ByCard = Requested | Unanswered | Declined | Authorized | Expired | Voided
type Payment = Unrequested | ByCard | OnAccount
