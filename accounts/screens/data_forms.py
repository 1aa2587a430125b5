"""Forms of one's own data: how we reach somebody, where their parcels go, and that we are to know nothing any more."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.domain.customer import (
    AddDeliveryAddress,
    ChangeContactDetails,
    EraseCustomer,
    RemoveDeliveryAddress,
)
from accounts.domain.customer.registering import LONGEST_NAME, LONGEST_TELEPHONE
from accounts.screens.contact import Contact
from accounts.screens.forms import TOO_LONG, email_field
from accounts.screens.still_open import open_orders
from orders.screens.customer.forms import AddressForm
from orders.screens.forms import TaskForm


class ContactForm(TaskForm):
    """How we reach somebody. Another e-mail address counts once they have shown that it is theirs."""

    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name."), "max_length": TOO_LONG},
    )
    email = email_field()
    telephone = forms.CharField(
        label=_("Telephone"),
        required=False,
        max_length=LONGEST_TELEPHONE,
        help_text=_("Only where the carrier has to reach you. You may leave it empty."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        error_messages={"max_length": TOO_LONG},
    )

    def __init__(self, *arguments: Any, customer_id: UUID, known: Contact, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.customer_id, self.known = customer_id, known

    @property
    def new_email(self) -> str:
        """The address that somebody wants to be reached under instead; empty where it stays."""
        said = str(self.cleaned_data["email"]).lower()
        return "" if said == self.known.email.lower() else said

    def command(self) -> ChangeContactDetails:
        """The change, without the address that is still to be shown."""
        said = self.cleaned_data
        return ChangeContactDetails(
            customer_id=self.customer_id, name=said["name"], email=self.known.email, telephone=said["telephone"]
        )


class NewAddressForm(TaskForm, AddressForm):
    """An address to keep."""

    def __init__(self, *arguments: Any, customer_id: UUID, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.customer_id = customer_id

    def command(self) -> AddDeliveryAddress:
        """The address, whose id is that of the command: sent twice, it is kept once."""
        return AddDeliveryAddress(
            customer_id=self.customer_id, address_id=self.cleaned_data["command_id"], address=self.address
        )


class RemoveAddressForm(TaskForm):
    """An address that is kept no longer."""

    def __init__(self, *arguments: Any, customer_id: UUID, address_id: UUID, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.customer_id, self.address_id = customer_id, address_id

    def command(self) -> RemoveDeliveryAddress:
        """That it goes."""
        return RemoveDeliveryAddress(customer_id=self.customer_id, address_id=self.address_id)


class EraseForm(TaskForm):
    """That we are to know nothing of somebody any more."""

    def __init__(self, *arguments: Any, customer_id: UUID, shown: int | None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.customer_id, self.shown = customer_id, shown

    def command(self) -> EraseCustomer:
        """That all of it goes, with how many orders are open now."""
        return EraseCustomer(customer_id=self.customer_id, open_orders=open_orders(self.customer_id, self.shown))
