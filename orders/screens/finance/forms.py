"""Forms of the finance clerk's tasks."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from eventstore.messages import Command
from orders.domain.money import Money
from orders.domain.payment import (
    ApproveRefund,
    RecordInvoicePayment,
    RejectRefund,
    RetryCapture,
    RetryRefund,
    TransferRefund,
    WriteOffCapture,
    WriteOffInvoice,
    WriteOffRefund,
)
from orders.domain.reasons import MONEY_WRITTEN_OFF, REFUND_REJECTED, REFUND_WRITTEN_OFF
from orders.screens.forms import CHANGED_ON_ITS_WAY, AmountField, TaskForm, reason


class MoneyForm(TaskForm):
    """A task with the money of an order: about one of its shipments or refunds."""

    def __init__(self, *arguments: Any, order_id: UUID, about: UUID, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.order_id = order_id
        self.about = about


class ApproveRefundForm(MoneyForm):
    """A second person agrees."""

    def __init__(self, *arguments: Any, by: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.by = by

    def command(self) -> Command:
        """The approval."""
        return ApproveRefund(order_id=self.order_id, refund_id=self.about, approved_by=self.by)


class RejectRefundForm(MoneyForm):
    """A second person does not agree."""

    reason = reason(_("Why is it not refunded?"), REFUND_REJECTED)

    def command(self) -> Command:
        """The rejection."""
        return RejectRefund(order_id=self.order_id, refund_id=self.about, reason=self.cleaned_data["reason"])


class RetryForm(MoneyForm):
    """Ask the payment provider once more. The page carries the number of the attempt: sent twice, it is one attempt."""

    attempt = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=1,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), CHANGED_ON_ITS_WAY),
    )

    def __init__(self, *arguments: Any, attempt: int, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.initial["attempt"] = attempt
        self.fields["attempt"].validators.append(MaxValueValidator(attempt, CHANGED_ON_ITS_WAY))


class RetryRefundForm(RetryForm):
    """Pay back, once more."""

    def command(self) -> Command:
        """The attempt."""
        return RetryRefund(order_id=self.order_id, refund_id=self.about, attempt=self.cleaned_data["attempt"])


class RetryCaptureForm(RetryForm):
    """Charge a shipment's share, once more."""

    def command(self) -> Command:
        """The attempt."""
        return RetryCapture(order_id=self.order_id, shipment_id=self.about, attempt=self.cleaned_data["attempt"])


class TransferRefundForm(MoneyForm):
    """What the bank was told to pay back."""

    asks_to_check = True
    reference = forms.CharField(
        label=_("Reference of the transfer"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Enter the reference of the transfer."),
            "max_length": _("Use at most %(limit_value)s characters; these are %(show_value)s."),
        },
    )

    def command(self) -> Command:
        """The transfer."""
        return TransferRefund(order_id=self.order_id, refund_id=self.about, reference=self.cleaned_data["reference"])


class WriteOffRefundForm(MoneyForm):
    """Nobody tries any more to pay this back."""

    asks_to_check = True
    reason = reason(_("Why is it written off?"), REFUND_WRITTEN_OFF)

    def command(self) -> Command:
        """The loss of a debt."""
        return WriteOffRefund(order_id=self.order_id, refund_id=self.about, reason=self.cleaned_data["reason"])


class WriteOffCaptureForm(MoneyForm):
    """Nobody tries any more to charge this."""

    asks_to_check = True
    reason = reason(_("Why is it written off?"), MONEY_WRITTEN_OFF)

    def command(self) -> Command:
        """The loss."""
        return WriteOffCapture(order_id=self.order_id, shipment_id=self.about, reason=self.cleaned_data["reason"])


class WriteOffInvoiceForm(MoneyForm):
    """Nobody waits any more for this to be paid."""

    asks_to_check = True
    reason = reason(_("Why is it written off?"), MONEY_WRITTEN_OFF)

    def command(self) -> Command:
        """The loss."""
        return WriteOffInvoice(order_id=self.order_id, shipment_id=self.about, reason=self.cleaned_data["reason"])


class RecordBankTransferForm(MoneyForm):
    """What the bank says was paid."""

    asks_to_check = True
    amount = AmountField(label=_("Amount on the bank statement"), help_text=_("In euros, such as 42.00."))
    transfer = forms.CharField(
        label=_("Reference of the transfer"),
        help_text=_("As the bank statement has it. The same transfer is never counted twice."),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Enter the reference of the transfer."),
            "max_length": _("Use at most %(limit_value)s characters; these are %(show_value)s."),
        },
    )

    def command(self) -> Command:
        """The payment."""
        amount: Money = self.cleaned_data["amount"]
        return RecordInvoicePayment(
            order_id=self.order_id, shipment_id=self.about, amount=amount, transfer=self.cleaned_data["transfer"]
        )
