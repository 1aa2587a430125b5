"""Forms of customer service."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.domain.customer import ReinstateCustomer, SuspendCustomer
from orders.domain.order import HoldOrder, ReleaseOrder
from orders.domain.payment import GrantGoodwillRefund
from orders.domain.reasons import GOODWILL, HELD, REINSTATED, RETURN_REJECTED, SUSPENDED
from orders.domain.returns import ApproveReturn, RejectReturn
from orders.domain.shipment import ReportShipmentLost
from orders.screens.customer.order_forms import OrderForm
from orders.screens.forms import AmountField, TaskForm, reason

LONGEST_QUESTION = 200
ONLY_HERE = _("Only those who work here read it.")


class FindForm(forms.Form):
    """What somebody looks for."""

    q = forms.CharField(
        label=_("Order number, name, e-mail address, product number or tracking number"),
        required=False,
        max_length=LONGEST_QUESTION,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"max_length": _("Use at most %(limit_value)s characters; these are %(show_value)s.")},
    )


class HoldOrderForm(OrderForm):
    """Why nothing of an order leaves for now."""

    reason = reason(_("Why is it held?"), HELD, _("The customer reads it on the order’s page."))

    def command(self) -> HoldOrder:
        """The hold."""
        return HoldOrder(order_id=self.now.order_id, reason=self.cleaned_data["reason"])


class ReleaseOrderForm(OrderForm):
    """What was held may leave."""

    def command(self) -> ReleaseOrder:
        """The release."""
        return ReleaseOrder(order_id=self.now.order_id)


class GoodwillRefundForm(OrderForm):
    """How much somebody gets back because we are sorry, and why."""

    asks_to_check = True

    amount = AmountField(label=_("How much?"))
    reason = reason(_("What for?"), GOODWILL, _("The customer reads it on the order’s page."))

    def __init__(self, *arguments: Any, granted_by: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.granted_by = granted_by

    def command(self) -> GrantGoodwillRefund:
        """The refund, or what is proposed to a second person."""
        answers = self.cleaned_data
        return GrantGoodwillRefund(
            order_id=self.now.order_id,
            refund_id=answers["command_id"],
            amount=answers["amount"],
            reason=answers["reason"],
            granted_by=self.granted_by,
        )


class ReportShipmentLostForm(TaskForm):
    """A parcel is gone."""

    def __init__(self, *arguments: Any, shipment_id: UUID, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.shipment_id = shipment_id

    def command(self) -> ReportShipmentLost:
        """The report."""
        return ReportShipmentLost(shipment_id=self.shipment_id)


class ReturnForm(TaskForm):
    """A task with a return."""

    def __init__(self, *arguments: Any, return_id: UUID, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.return_id = return_id


class ApproveReturnForm(ReturnForm):
    """The goods may come."""

    def command(self) -> ApproveReturn:
        """The approval."""
        return ApproveReturn(return_id=self.return_id)


class RejectReturnForm(ReturnForm):
    """Why the goods stay where they are."""

    reason = reason(_("Why is it rejected?"), RETURN_REJECTED, _("The customer reads it."))

    def command(self) -> RejectReturn:
        """The rejection."""
        return RejectReturn(return_id=self.return_id, reason=self.cleaned_data["reason"])


class StandingForm(TaskForm):
    """Why a customer may, or may not, order from now on."""

    def __init__(self, *arguments: Any, customer_id: UUID, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.customer_id = customer_id


class SuspendCustomerForm(StandingForm):
    """A customer places no orders for now."""

    reason = reason(_("Why?"), SUSPENDED, ONLY_HERE)

    def command(self) -> SuspendCustomer:
        """The suspension."""
        return SuspendCustomer(customer_id=self.customer_id, reason=self.cleaned_data["reason"])


class ReinstateCustomerForm(StandingForm):
    """A customer may order again."""

    reason = reason(_("Why?"), REINSTATED, ONLY_HERE)

    def command(self) -> ReinstateCustomer:
        """The reinstatement."""
        return ReinstateCustomer(customer_id=self.customer_id, reason=self.cleaned_data["reason"])
