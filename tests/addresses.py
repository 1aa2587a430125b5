"""Every address of the shop, and who may visit it; test_who_may_look.py walks them all, as everybody."""

from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from uuid_utils.compat import uuid7

from accounts.domain.roles import ADMIN, CUSTOMER, CUSTOMER_SERVICE, FINANCE, OPERATIONS, ROLES, STAFF, WAREHOUSE
from accounts.models import SentEmail, User
from eventstore import log
from eventstore.messages import OWNER
from eventstore.models import Parked, Received
from orders.processes.notification import Tell
from orders.systems.carrier import labels
from orders.systems.mail.border import note
from projections.timeline import TimelineEntry
from projections.work_queue import WorkItem
from tests import factories
from tests.orders.money_room import capture_failed, failed_refund, invoiced
from tests.shop import KETTLE, MUG, follow, placed_order, send

NOBODY = "nobody"  # whoever has not signed in
EVERYBODY = ROLES | {NOBODY}
OPERATORS = frozenset({OPERATIONS, ADMIN})

# Add a line for each new address: the roles that may visit it, with GET or POST. OWNER stands for the customer to whom
# the object in the address belongs; NOBODY for whoever has not signed in. Everybody else is turned away.
WHO_MAY: dict[str, frozenset[str]] = {
    "home": EVERYBODY,
    "health": EVERYBODY,
    "projections_health": EVERYBODY,
    "systems_health": EVERYBODY,
    "metrics": frozenset({OPERATIONS, ADMIN}),
    "set_language": EVERYBODY,
    "accounts:sign_in": EVERYBODY,
    "accounts:sign_out": EVERYBODY,
    "accounts:my_sign_in": ROLES,
    "accounts:sign_out_everywhere": ROLES,
    "accounts:go_on": ROLES,
    "accounts:my_data": frozenset({CUSTOMER}),
    "accounts:my_data_file": frozenset({CUSTOMER}),
    "accounts:change_contact_details": frozenset({CUSTOMER}),
    "accounts:keep_email": frozenset({CUSTOMER}),
    "accounts:add_delivery_address": frozenset({CUSTOMER}),
    "accounts:remove_delivery_address": frozenset({OWNER}),
    "accounts:erase_my_data": frozenset({CUSTOMER}),
    "account_login": EVERYBODY,
    "account_inactive": EVERYBODY,
    "mfa_authenticate": EVERYBODY,
    "account_signup": EVERYBODY,
    "account_email_verification_sent": EVERYBODY,
    "account_confirm_email": EVERYBODY,
    "account_reset_password": EVERYBODY,
    "account_reset_password_done": EVERYBODY,
    "account_reset_password_from_key": EVERYBODY,
    "account_reset_password_from_key_done": EVERYBODY,
    "mfa_index": ROLES,
    "account_change_password": ROLES,
    "account_reauthenticate": ROLES,
    "mfa_reauthenticate": ROLES,
    "mfa_activate_totp": ROLES,
    "mfa_deactivate_totp": ROLES,
    "mfa_view_recovery_codes": ROLES,
    "mfa_generate_recovery_codes": ROLES,
    "orders:products": EVERYBODY,
    "orders:product": EVERYBODY,
    "orders:basket": EVERYBODY,
    "orders:add_to_basket": EVERYBODY,
    "orders:change_quantity": EVERYBODY,
    "orders:my_orders": frozenset({CUSTOMER}),
    "orders:place_order": frozenset({CUSTOMER}),
    "orders:enter_card": frozenset({CUSTOMER}),
    "orders:card_entered": frozenset({CUSTOMER}),
    "orders:place_order_payment": frozenset({CUSTOMER}),
    "orders:place_order_check": frozenset({CUSTOMER}),
    "orders:order": STAFF | {OWNER},
    "orders:order_placed": frozenset({OWNER}),
    "orders:order_as_of": STAFF,
    "orders:order_invoice": STAFF | {OWNER},
    "orders:change_delivery_address": frozenset({CUSTOMER_SERVICE, OWNER}),
    "orders:cancel_order": frozenset({CUSTOMER_SERVICE, OWNER}),
    "orders:cancel_lines": frozenset({CUSTOMER_SERVICE, OWNER}),
    "orders:answer_backorder": frozenset({CUSTOMER_SERVICE, OWNER}),
    "orders:pay_with_another_card": frozenset({OWNER}),
    "orders:enter_another_card": frozenset({OWNER}),
    "orders:another_card_entered": frozenset({OWNER}),
    "orders:request_return": frozenset({CUSTOMER_SERVICE, OWNER}),
    "orders:my_returns": frozenset({CUSTOMER}),
    "orders:a_return": STAFF | {OWNER},
    "orders:find": frozenset({CUSTOMER_SERVICE, FINANCE}),
    "orders:customer": frozenset({CUSTOMER_SERVICE, FINANCE}),
    "orders:suspend_customer": frozenset({CUSTOMER_SERVICE}),
    "orders:reinstate_customer": frozenset({CUSTOMER_SERVICE}),
    "orders:hold_order": frozenset({CUSTOMER_SERVICE, FINANCE}),
    "orders:release_order": frozenset({CUSTOMER_SERVICE, FINANCE}),
    "orders:goodwill_refund": frozenset({CUSTOMER_SERVICE, FINANCE}),
    "orders:report_shipment_lost": frozenset({CUSTOMER_SERVICE}),
    "orders:returns_desk": frozenset({CUSTOMER_SERVICE, WAREHOUSE, FINANCE}),
    "orders:approve_return": frozenset({CUSTOMER_SERVICE}),
    "orders:reject_return": frozenset({CUSTOMER_SERVICE}),
    "orders:backorders": frozenset({CUSTOMER_SERVICE, WAREHOUSE, FINANCE}),
    "orders:what_needs_doing": STAFF,
    "orders:take_work": frozenset({WAREHOUSE}),  # whose work it is
    "orders:give_back_work": frozenset({WAREHOUSE}),
    "partners:openapi": EVERYBODY,
    "partners:problem": EVERYBODY,
    "partners:schema": EVERYBODY,
    # A sign-in is worth nothing there: partners' systems bear tokens.
    "partners:nothing": frozenset(),
    "partners:products": frozenset(),
    "partners:products_sku": frozenset(),
    "partners:customers": frozenset(),
    "partners:customers_customer_id": frozenset(),
    "partners:orders": frozenset(),
    "partners:events": frozenset(),
    "partners:subscriptions": frozenset(),
    "partners:subscriptions_subscription_id": frozenset(),
    "partners:subscriptions_subscription_id_replay": frozenset(),
    "partners:subscriptions_subscription_id_secret": frozenset(),
    "partners:orders_order_id": frozenset(),
    "partners:orders_order_id_delivery_address": frozenset(),
    "partners:orders_order_id_cancellation": frozenset(),
    "systems:webhook": frozenset(),  # who signs what they send is no person
    "systems:sent_emails": frozenset({CUSTOMER_SERVICE, OPERATIONS, ADMIN}),
    "systems:sent_email": frozenset({CUSTOMER_SERVICE, OPERATIONS, ADMIN}),
    "systems:print_label": frozenset({WAREHOUSE}),
    "orders:approve_refund": frozenset({FINANCE}),
    "orders:reject_refund": frozenset({FINANCE}),
    "orders:retry_refund": frozenset({FINANCE}),
    "orders:transfer_refund": frozenset({FINANCE}),
    "orders:write_off_refund": frozenset({FINANCE}),
    "orders:retry_capture": frozenset({FINANCE}),
    "orders:write_off_capture": frozenset({FINANCE}),
    "orders:record_bank_transfer": frozenset({FINANCE}),
    "orders:write_off_invoice": frozenset({FINANCE}),
    "orders:refunds": frozenset({FINANCE, ADMIN}),
    "orders:invoices": frozenset({FINANCE, ADMIN}),
    "orders:invoice": frozenset({FINANCE, CUSTOMER_SERVICE, ADMIN}),
    "orders:payment_ledger": frozenset({FINANCE, CUSTOMER_SERVICE, ADMIN}),
    "orders:revenue_per_day": frozenset({FINANCE, ADMIN}),
    "orders:shipments": STAFF,
    "orders:shipment": STAFF,
    "orders:start_picking": frozenset({WAREHOUSE}),
    "orders:pick_shipment": frozenset({WAREHOUSE}),
    "orders:report_short_pick": frozenset({WAREHOUSE}),
    "orders:pack_shipment": frozenset({WAREHOUSE}),
    "orders:dispatch_shipment": frozenset({WAREHOUSE}),
    "orders:cancel_shipment": frozenset({WAREHOUSE}),
    "orders:pick_lists": frozenset({WAREHOUSE}),
    "orders:packing_slip": frozenset({WAREHOUSE}),
    "orders:pick_list": frozenset({WAREHOUSE}),
    "orders:record_return_arrival": frozenset({WAREHOUSE}),
    "orders:inspect_return": frozenset({WAREHOUSE}),
    "orders:stock": frozenset({WAREHOUSE, CUSTOMER_SERVICE, OPERATIONS}),
    "orders:stock_item": frozenset({WAREHOUSE, CUSTOMER_SERVICE, OPERATIONS}),
    "orders:receive_stock": frozenset({WAREHOUSE}),
    "orders:count_stock": frozenset({WAREHOUSE}),
    "orders:write_off_stock": frozenset({WAREHOUSE}),
    "orders:read_models": OPERATORS,
    "orders:build_anew": OPERATORS,
    "orders:pause_read_model": OPERATORS,
    "orders:resume_read_model": OPERATORS,
    "orders:processes": OPERATORS,
    "orders:process_instances": OPERATORS,
    "orders:process_instance": OPERATORS,
    "orders:compensate_process": OPERATORS,
    "orders:retry_command": OPERATORS,
    "orders:skip_command": OPERATORS,
    "orders:parked_events": OPERATORS,
    "orders:retry_event": OPERATORS,
    "orders:skip_event": OPERATORS,
    "orders:event_log": OPERATORS,
    "orders:event": OPERATORS,
    "orders:borders": OPERATORS,
    "orders:notices": OPERATORS | {FINANCE},
    "orders:notice": OPERATORS | {FINANCE},
    "orders:retry_notice": OPERATORS | {FINANCE},
    "orders:set_notice_aside": OPERATORS | {FINANCE},
    "orders:audit_trail": OPERATORS,
    "orders:catalogue": OPERATORS,
    "orders:list_product": OPERATORS,
    "orders:change_price": OPERATORS,
    "orders:withdraw_product": OPERATORS,
}
# Open only at their turn, or by a link in a letter: tests/accounts goes these ways.
IN_TURN = frozenset(
    {
        "account_confirm_email",
        "account_reset_password_from_key",
        "account_reauthenticate",
        "mfa_authenticate",
        "mfa_reauthenticate",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
    }
)
# All of Django admin, whose addresses come by themselves with each model.
ADMIN_SITE = frozenset({ADMIN})


def belongings(customer: User) -> dict[str, Any]:
    """A value for whatever can stand in an address, all of it this customer's. Add a line for each new kind of id."""
    order_id, (_, shipment_id) = placed_order(customer), capture_failed(customer)
    return_id = uuid7()
    labels.keep(shipment_id, b"%PDF-")
    send(factories.PlanShipment.build(shipment_id=shipment_id, order_id=order_id))
    send(factories.IssueInvoice.build(order_id=order_id, shipment_id=shipment_id))
    send(factories.RequestReturn.build(order_id=order_id, return_id=return_id, customer_id=customer.id))
    follow()
    return {
        "sku": MUG,
        "order_id": order_id,
        "shipment_id": shipment_id,
        "return_id": return_id,
        "system": "carrier",
        "email_id": an_email(customer, order_id),
        "work": WorkItem.objects.get(item=f"shipment:{shipment_id}").work,
        "customer_id": customer.id,
        "kind": "refused",
        "subscription_id": order_id,
        "read_model": "products",
        "process": "prepaid",
        "instance": f"prepaid:{order_id}",
        "failed": shipment_id,
        "parked_id": Parked.objects.create(reader="products", stream=f"product-{MUG}", position=1, error="No.").id,
        "waiting_id": Parked.objects.create(reader="products", stream=f"product-{KETTLE}", position=2, error="No.").id,
        "notice_id": a_notice(system="payment_provider").id,
        "event_id": next(log.read_stream(f"order-{order_id}")).id,
        "invoice_id": invoiced(customer),
        "refund_id": failed_refund(customer),
        "name": "example.shop.order.placed.v1",
        "address_id": kept_address(customer),
        "key": "nonsense",
        "uidb36": "nobody",
        "position": TimelineEntry.objects.filter(order_id=order_id).values_list("position", flat=True)[0],
    }


def kept_address(customer: User) -> UUID:
    """An address that a customer keeps with us."""
    command = factories.AddDeliveryAddress.build(customer_id=customer.id)
    send(command, customer.actor)
    address_id: UUID = command.address_id
    return address_id


def an_email(customer: User, order_id: UUID) -> UUID:
    """An e-mail that was sent to a customer."""
    tell = Tell(kind="order_confirmed", order_id=order_id, customer_id=customer.id)
    note(tell, order_id, "en", SentEmail.State.SENT)
    return order_id


def a_notice(system: str = "carrier") -> Received:
    """A notice of a system that waits for a person."""
    return Received.objects.create(
        system=system,
        notice_id="evt_1",
        about="00340434161094042557",
        name="ParcelSeen",
        content=b'{"tracking_number":"00340434161094042557","news":"delivered"}',
        digest=b"",
        attempts=12,
        outcome="No parcel has this number, as far as we know.",
    )


def nothing_there() -> dict[str, Any]:
    """The same, for what is not there."""
    every = {argument for address in addresses() for argument in address.arguments}
    numbers = dict.fromkeys(("parked_id", "waiting_id", "notice_id"), 0)
    return dict.fromkeys(every, UUID(int=0xDEAD)) | numbers | {"sku": "NO-SUCH", "position": 1}


class Address(NamedTuple):
    """An address by its name, the names of the values in it, and who may visit it; None where the table lacks it."""

    name: str
    arguments: frozenset[str]
    who: frozenset[str] | None

    def path(self, values: dict[str, Any]) -> str:
        """The address with these values in it."""
        return reverse(self.name, kwargs={name: values[name] for name in self.arguments})


def addresses() -> list[Address]:
    """Every address that the shop answers to, except those of Django admin."""
    return [
        Address(name, arguments, WHO_MAY.get(name))
        for name, arguments in walk(get_resolver().url_patterns)
        if not name.startswith("admin:")
    ]


def admin_addresses() -> list[Address]:
    """Every address of Django admin."""
    found = walk(get_resolver().url_patterns)
    return [
        Address(name, arguments, ADMIN_SITE)
        for name, arguments in found
        if name.startswith("admin:") and "unnamed" not in name
    ]


def walk(
    patterns: list[URLPattern | URLResolver], space: str = "", above: frozenset[str] = frozenset()
) -> Iterator[tuple[str, frozenset[str]]]:
    """The name and the arguments of each address below these patterns."""
    for each in patterns:
        arguments = above | frozenset(each.pattern.converters) | frozenset(each.pattern.regex.groupindex)
        if isinstance(each, URLResolver):
            yield from walk(each.url_patterns, f"{space}{each.namespace}:" if each.namespace else space, arguments)
        else:
            yield f"{space}{each.name or f'unnamed {each.pattern}'}", arguments
