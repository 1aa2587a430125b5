"""The processes of the shop: what is to be done whenever something has happened, across aggregates."""

from uuid import UUID

from eventstore.messages import Event
from eventstore.process import Process
from orders.domain import order, payment, returns, shipment
from orders.processes import (
    backorder,
    backorder_anew,
    backorder_by_answer,
    backorder_by_shelf,
    backorder_in_part,
    cancellation,
    cancellation_in_any_order,
    cancellation_to_the_last,
    carriage,
    carriage_by_answer,
    charging,
    charging_heedful,
    charging_to_the_cent,
    notification,
    notification_at_the_end,
    notification_by_return,
    notification_kept,
    notification_truthful,
    on_account,
    on_account_by_shelf,
    on_account_lenient,
    on_account_patient,
    on_account_to_the_day,
    on_account_to_the_piece,
    prepaid,
    prepaid_by_shelf,
    prepaid_heedful,
    prepaid_in_full,
    prepaid_patient,
    prepaid_to_the_piece,
    reconciliation,
    reconciliation_by_invoice,
    returning,
    returning_after_all,
    returning_empty_handed,
    returning_to_the_day,
)

# What ends a return, as its refund has the same id.
OF_REFUND = (
    payment.PaymentRefunded,
    payment.RefundWrittenOff,
    payment.InvoiceCredited,
    payment.NothingLeftToRefund,
)


def order_of(event: Event) -> UUID:
    """The order that an event is about."""
    order_id: UUID = event.order_id  # type: ignore[attr-defined]  # as has every event that these processes want
    return order_id


def prepaid_order(event: Event) -> UUID | None:
    """The order, unless it is paid by invoice."""
    other = isinstance(event, order.OrderPlaced) and event.payment_terms != "prepaid"
    return None if other else order_of(event)


def order_by_card(event: Event) -> UUID | None:
    """The order, unless we know of no card to pay it with."""
    return None if isinstance(event, order.OrderPlaced) and event.card is None else order_of(event)


def order_on_account(event: Event) -> UUID | None:
    """The order, unless it is paid by card."""
    other = isinstance(event, order.OrderPlaced) and event.payment_terms != "on_account"
    return None if other else order_of(event)


def return_of(event: Event) -> UUID:
    """The return that an event is about. Its refund has the same id."""
    if isinstance(event, OF_REFUND):
        return event.refund_id
    return_id: UUID = event.return_id  # type: ignore[attr-defined]  # as have all others that this process wants
    return return_id


def shipment_of(event: Event) -> UUID:
    """The shipment that an event is about."""
    shipment_id: UUID = event.shipment_id  # type: ignore[attr-defined]  # as has every event of a shipment
    return shipment_id


PROCESSES = (
    Process(
        "prepaid",
        wants=prepaid.Wanted,
        begins=[order.OrderPlaced],
        instance=prepaid_order,
        policies={
            1: prepaid,
            2: prepaid_in_full,
            3: prepaid_heedful,
            4: prepaid_patient,
            5: prepaid_by_shelf,
            6: prepaid_to_the_piece,
        },
        state=prepaid.Prepaid,
        ends=[prepaid.Completed, prepaid.Ended],
    ),
    Process(
        "on_account",
        wants=on_account.Wanted,
        begins=[order.OrderPlaced],
        instance=order_on_account,
        policies={
            1: on_account,
            2: on_account_patient,
            3: on_account_lenient,
            4: on_account_to_the_day,
            5: on_account_by_shelf,
            6: on_account_to_the_piece,
        },
        state=on_account.OnAccount,
        ends=[on_account.Completed, on_account.Ended],
    ),
    Process(
        "cancellation",
        wants=cancellation.Wanted,
        begins=[order.OrderPlaced],
        instance=order_of,
        policies={1: cancellation, 2: cancellation_to_the_last, 3: cancellation_in_any_order},
        state=cancellation.Cancellation,
        ends=[cancellation.Undone, cancellation.Over],
    ),
    Process(
        "backorder",
        wants=backorder.Wanted,
        begins=[order.OrderPlaced],
        instance=order_of,
        policies={
            1: backorder,
            2: backorder_in_part,
            3: backorder_anew,
            4: backorder_by_shelf,
            5: backorder_by_answer,
        },
        state=backorder.Backorder,
        ends=[backorder.Over],
    ),
    Process(
        "returning",
        wants=returning.Wanted,
        begins=[returns.ReturnRequested],
        instance=return_of,
        policies={1: returning, 2: returning_after_all, 3: returning_to_the_day, 4: returning_empty_handed},
        state=returning.Returning,
        ends=[returning.Closed],
    ),
    Process(
        "reconciliation",
        wants=reconciliation.Wanted,
        begins=[payment.PaymentOutcomeUnknown, payment.LatePaymentReceived],
        instance=order_of,
        policies={1: reconciliation, 2: reconciliation_by_invoice},
        state=reconciliation.Reconciliation,
        ends=[reconciliation.Settled],
    ),
    Process(
        "charging",
        wants=charging.Wanted,
        begins=[order.OrderPlaced, payment.CardReplaced],
        instance=order_by_card,
        policies={1: charging, 2: charging_heedful, 3: charging_to_the_cent},
        state=charging.Charging,
        ends=[charging.Quiet],
    ),
    Process(
        "notification",
        wants=notification.Wanted,
        begins=[order.OrderPlaced],
        instance=order_of,
        policies={
            1: notification,
            2: notification_truthful,
            3: notification_kept,
            4: notification_by_return,
            5: notification_at_the_end,
        },
        state=notification.Notification,
        ends=[notification.Told],
    ),
    Process(
        "carriage",
        wants=carriage.Wanted,
        begins=[shipment.ShipmentPacked],
        instance=shipment_of,
        policies={1: carriage, 2: carriage_by_answer},
        state=carriage.Carriage,
        ends=[carriage.Over],
    ),
)
