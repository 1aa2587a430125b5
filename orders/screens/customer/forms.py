"""Forms of the basket and of placing an order."""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

import msgspec
from django import forms
from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from accounts.domain.address import POSTCODES, as_written, is_said
from accounts.domain.customer import Erased, Suspended
from eventstore.messages import Message
from orders.domain.order import MOST_PIECES, Address, IfShort, Line, PaymentTerms, PlaceOrder
from orders.screens import catalogue
from orders.screens.forms import CHANGED_ON_ITS_WAY, TaskForm

COUNTRIES = [
    ("DE", _("Germany")),
    ("AT", _("Austria")),
    ("BE", _("Belgium")),
    ("DK", _("Denmark")),
    ("FR", _("France")),
    ("LU", _("Luxembourg")),
    ("NL", _("Netherlands")),
]
IF_SHORT = [
    ("wait", _("Send what is there, and the rest as soon as we have it")),
    ("cancel", _("Leave it out: I do not pay for it")),
]
NEW_ADDRESS = "new"
NOT_IN_CATALOGUE = _("This product is not in our catalogue.")


class QuantityForm(forms.Form):
    """So many pieces of a product."""

    sku = forms.SlugField(
        max_length=40,
        widget=forms.HiddenInput,
        error_messages={"required": NOT_IN_CATALOGUE, "invalid": NOT_IN_CATALOGUE, "max_length": NOT_IN_CATALOGUE},
    )
    quantity = forms.IntegerField(
        label=_("Quantity"),
        min_value=0,
        max_value=MOST_PIECES,
        error_messages={
            "required": _("Enter a quantity."),
            "invalid": _("Enter a whole number."),
            "max_value": _("Enter a quantity of at most %(limit_value)s."),
            "min_value": _("Enter a quantity of 1 or more."),
        },
    )

    def __init__(self, data: Mapping[str, str]) -> None:
        # A page has such a form for each of its products.
        super().__init__(data, auto_id=f"%s-{data.get('sku', '').replace('%', '%%')}")


class AddForm(QuantityForm):
    """So many more pieces of a product: at least one."""

    def clean_quantity(self) -> int:
        """The pieces, of which there are some."""
        quantity: int = self.cleaned_data["quantity"]
        if not quantity:
            raise forms.ValidationError(self.fields["quantity"].error_messages["min_value"])
        return quantity


def answer(label: Any, missing: Any, autocomplete: str, longest: int = 100) -> forms.CharField:
    """A question that is answered in one line; browsers know the answer by the name in `autocomplete`."""
    return forms.CharField(
        label=label,
        max_length=longest,
        widget=forms.TextInput(attrs={"autocomplete": autocomplete}),
        error_messages={
            "required": missing,
            "max_length": _("Use at most %(limit_value)s characters; these are %(show_value)s."),
        },
    )


class AddressForm(forms.Form):
    """Where a parcel goes."""

    recipient = answer(_("Name"), _("Enter the name of whoever receives the parcel."), "name")
    street = answer(_("Street and number"), _("Enter a street and a number."), "street-address")
    postcode = answer(_("Postcode"), _("Enter a postcode."), "postal-code", longest=12)
    city = answer(_("Town or city"), _("Enter a town or city."), "address-level2")
    country = forms.ChoiceField(
        label=_("Country"),
        choices=COUNTRIES,
        widget=forms.Select(attrs={"autocomplete": "country"}),
        error_messages={
            "required": _("Choose a country."),
            "invalid_choice": _("Choose one of the countries that we send parcels to."),
        },
    )

    def clean(self) -> dict[str, Any]:
        """Each part says something, and the postcode looks like those of its country: any other parcel comes back."""
        answers = super().clean() or self.cleaned_data
        for part in Address.__struct_fields__:
            if self.fields[part].required and part in answers and not is_said(answers[part]):
                self.add_error(part, self.fields[part].error_messages["required"])
        example = POSTCODES.get(answers.get("country", ""), "")
        postcode = answers.get("postcode", "")
        if self.fields["postcode"].required and example and postcode:
            if written := as_written(postcode, example):
                answers["postcode"] = written
            else:
                self.add_error("postcode", _("Enter a postcode like %(example)s.") % {"example": example})
        return answers

    @property
    def address(self) -> Address:
        """The address that was answered."""
        return Address(**{part: self.cleaned_data[part] for part in Address.__struct_fields__})


class DeliveryForm(AddressForm):
    """Where to: an address that the customer keeps with us, or a new one; and what if something is short."""

    kept = forms.ChoiceField(
        label=_("Which address?"),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose one of your addresses, or a new one.")),
    )
    keep = forms.BooleanField(label=_("Keep this address for my next orders"), required=False)
    if_short = forms.ChoiceField(
        label=_("What if something is missing from the shelf when we pack?"),
        help_text=_("What is not in stock when you order is waited for, whatever you choose here."),
        choices=IF_SHORT,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose what becomes of what is missing.")),
    )

    def __init__(self, *arguments: Any, addresses: Mapping[str, Address], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.addresses = addresses
        if not addresses:
            del self.fields["kept"]
            return
        known = [(key, in_one_line(address)) for key, address in addresses.items()]
        cast(forms.ChoiceField, self.fields["kept"]).choices = [*known, (NEW_ADDRESS, _("A new address"))]
        if self.is_bound and self.data.get("kept") in addresses:
            for part in Address.__struct_fields__:
                self.fields[part].required = False

    @property
    def address(self) -> Address:
        """The address that was chosen or typed."""
        chosen = self.addresses.get(self.cleaned_data.get("kept", ""))
        return chosen or super().address


def in_one_line(address: Address) -> str:
    """An address as a choice."""
    return f"{address.recipient}, {address.street}, {address.postcode} {address.city}"


class PaymentForm(forms.Form):
    """How to pay."""

    payment_terms = forms.ChoiceField(
        label=_("How do you want to pay?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose how you want to pay."),
            "invalid_choice": _("Choose one of these ways to pay."),
        },
    )

    def __init__(self, *arguments: Any, ways: Sequence[tuple[str, Any]], **options: Any) -> None:
        super().__init__(*arguments, **options)
        cast(forms.ChoiceField, self.fields["payment_terms"]).choices = ways


class Answers(Message):
    """All that a customer has said before they place an order, and the prices that they were shown."""

    order_id: UUID
    lines: tuple[Line, ...]
    delivery_address: Address
    payment_terms: PaymentTerms
    if_short: IfShort = "wait"
    card: str | None = None


class AnswersField(forms.CharField):
    """Answers, carried and signed by the page on which they were checked: what is ordered is what was seen."""

    widget = forms.HiddenInput
    default_error_messages = {"required": CHANGED_ON_ITS_WAY, "null_characters_not_allowed": CHANGED_ON_ITS_WAY}

    def clean(self, value: Any) -> Answers:
        """The answers in the field."""
        try:
            return msgspec.json.decode(signer().unsign(super().clean(value)), type=Answers)
        except (BadSignature, msgspec.MsgspecError) as error:
            raise forms.ValidationError(CHANGED_ON_ITS_WAY) from error

    def prepare_value(self, value: Any) -> Any:
        """The field as the page carries it."""
        return signer().sign(msgspec.json.encode(value).decode()) if isinstance(value, Answers) else value


def signer() -> Signer:
    """Signs answers, and nothing else."""
    return Signer(salt="orders.answers")


class PlaceOrderForm(TaskForm):
    """Check your answers, and order."""

    answers = AnswersField()

    def __init__(self, *arguments: Any, customer_id: UUID, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.customer_id = customer_id

    def command(self) -> PlaceOrder:
        """The order, with what the catalogue says of it now."""
        answers: Answers = self.cleaned_data["answers"]
        customer = catalogue.customer(self.customer_id)
        return PlaceOrder(
            order_id=answers.order_id,
            customer_id=self.customer_id,
            lines=answers.lines,
            delivery_address=answers.delivery_address,
            payment_terms=answers.payment_terms,
            if_short=answers.if_short,
            card=answers.card,
            offers=catalogue.offers(line.sku for line in answers.lines),
            suspended=isinstance(customer, Suspended),
            erased=isinstance(customer, Erased),
        )

    @classmethod
    def asking(cls, customer_id: UUID, answers: Answers) -> "PlaceOrderForm":
        """The form as a page asks it, under a new command id."""
        return cls(customer_id=customer_id, initial={"command_id": uuid7(), "answers": answers})
