"""Forms of the tasks. A form knows how to make its command; it edits no record."""

from typing import Any
from uuid import UUID

import msgspec
from django import forms
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from eventstore.messages import Command, Message
from orders.domain.order import MOST_PIECES, Address, Line, PaymentTerms, PlaceOrder
from orders.screens import catalogue

COUNTRIES = [
    ("DE", _("Germany")),
    ("AT", _("Austria")),
    ("BE", _("Belgium")),
    ("DK", _("Denmark")),
    ("FR", _("France")),
    ("LU", _("Luxembourg")),
    ("NL", _("Netherlands")),
]
PAYMENT_TERMS = [("prepaid", _("By card, now")), ("on_account", _("On account, within 14 days of the invoice"))]


class TaskForm(forms.Form):
    """A task: it carries the id of its command, so that sending it twice does it once."""

    command_id = forms.UUIDField(widget=forms.HiddenInput)

    def command(self) -> Command:
        """The command that the filled form asks for."""
        raise NotImplementedError


class QuantityForm(forms.Form):
    """So many pieces of a product."""

    sku = forms.CharField(max_length=40, widget=forms.HiddenInput)
    quantity = forms.IntegerField(
        label=_("Quantity"),
        min_value=0,
        max_value=MOST_PIECES,
        error_messages={
            "invalid": _("Enter a whole number."),
            "max_value": _("Enter a quantity of at most %(limit_value)s."),
            "min_value": _("Enter a quantity of 1 or more."),
        },
    )


class DeliveryForm(forms.Form):
    """Where to."""

    recipient = forms.CharField(label=_("Name"), max_length=100)
    street = forms.CharField(label=_("Street and number"), max_length=100)
    postcode = forms.CharField(label=_("Postcode"), max_length=12)
    city = forms.CharField(label=_("Town or city"), max_length=100)
    country = forms.ChoiceField(label=_("Country"), choices=COUNTRIES)


class PaymentForm(forms.Form):
    """How to pay."""

    payment_terms = forms.ChoiceField(
        label=_("How do you want to pay?"),
        choices=PAYMENT_TERMS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how you want to pay.")},
    )


class Answers(Message):
    """All that a customer has said before they place an order, and the prices that they were shown."""

    lines: tuple[Line, ...]
    delivery_address: Address
    payment_terms: PaymentTerms


class AnswersField(forms.CharField):
    """Answers, carried by the page on which they were checked: what is ordered is what was seen."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> Answers:
        """The answers in the field."""
        try:
            return msgspec.json.decode(super().clean(value), type=Answers)
        except msgspec.MsgspecError as error:
            raise forms.ValidationError(_("Your answers were not understood. Check them once more.")) from error

    def prepare_value(self, value: Any) -> Any:
        """The field as the page carries it."""
        return msgspec.json.encode(value).decode() if isinstance(value, Answers) else value


class PlaceOrderForm(TaskForm):
    """Check your answers, and order."""

    order_id = forms.UUIDField(widget=forms.HiddenInput)
    answers = AnswersField()

    def __init__(self, *arguments: Any, customer_id: UUID, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.customer_id = customer_id

    def command(self) -> PlaceOrder:
        """The order, with what the catalogue says of it now."""
        answers: Answers = self.cleaned_data["answers"]
        return PlaceOrder(
            order_id=self.cleaned_data["order_id"],
            customer_id=self.customer_id,
            lines=answers.lines,
            delivery_address=answers.delivery_address,
            payment_terms=answers.payment_terms,
            offers=catalogue.offers(line.sku for line in answers.lines),
            suspended=catalogue.is_suspended(self.customer_id),
        )

    @classmethod
    def asking(cls, customer_id: UUID, order_id: UUID, answers: Answers) -> "PlaceOrderForm":
        """The form as a page asks it, under a new command id."""
        return cls(
            customer_id=customer_id,
            initial={"command_id": uuid7(), "order_id": order_id, "answers": answers},
        )
