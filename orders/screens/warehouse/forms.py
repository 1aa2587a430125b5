"""Forms of the warehouse's tasks with parcels."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from orders.domain.reasons import PARCEL_STOPPED
from orders.domain.shipment import (
    CancelShipment,
    DispatchShipment,
    OrderStanding,
    PackShipment,
    RecordPick,
    ReportShortPick,
    StartPicking,
)
from orders.screens.forms import TaskForm, pieces, reason
from orders.screens.warehouse.parcel import Line

WEIGHT = re.compile(r"(\d{1,6})(?:[.,](\d{1,3}))?\s*(g|kg)?", re.IGNORECASE)


def scanned(label: Any, hint: Any = "", **attributes: Any) -> forms.CharField:
    """A product number, from a scanner or by hand: the scanner types it, and presses Enter."""
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", **attributes}
        ),
        error_messages={
            "required": _("Scan a product, or type its number."),
            "max_length": _("That is too long for a product number. Scan it once more."),
        },
    )


class WeightField(forms.CharField):
    """A weight as people write it, 850 g or 1.2 kg; it becomes whole grams."""

    default_error_messages = {
        "required": _("Enter the weight."),
        "invalid": _("Enter a weight such as 850 g or 1.2 kg."),
        "max_length": _("Enter a weight such as 850 g or 1.2 kg."),
        "unit": _("Say whether that is g or kg."),
    }

    def clean(self, value: Any) -> int:
        """The weight in grams."""
        written = WEIGHT.fullmatch(super().clean(value).strip())
        if not written or not written[0].isascii():
            raise forms.ValidationError(self.error_messages["invalid"], "invalid")
        whole, part, unit = written.groups()
        if part and not unit:
            raise forms.ValidationError(self.error_messages["unit"], "unit")
        grams = Decimal(f"{whole}.{part or 0}") * (1000 if (unit or "g").lower() == "kg" else 1)
        return round(grams)


class ParcelForm(TaskForm):
    """A task with a parcel."""

    def __init__(self, *arguments: Any, shipment_id: UUID, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.shipment_id = shipment_id


class StartPickingForm(ParcelForm):
    """Fetch the pieces."""

    def command(self) -> StartPicking:
        """The beginning."""
        return StartPicking(shipment_id=self.shipment_id)


class PickForm(ParcelForm):
    """Pieces were fetched: one for each scan, or several by hand. `lines` are those of the parcel."""

    sku = scanned(_("Scan or type a product number"), enterkeyhint="done")
    quantity = pieces(_("Picked"))

    def __init__(self, *arguments: Any, lines: Iterable[Line], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.written = {line.sku.casefold(): line.sku for line in lines}

    @classmethod
    def anew(cls, *, seen: int | None = None, initial: dict[str, Any], **options: Any) -> Self:
        """The form as a page asks it, whatever was sent just now."""
        return cls(None, seen=seen, initial={"command_id": uuid7(), "version": seen} | initial, **options)

    def clean_sku(self) -> str:
        """The number as the parcel has it, however it was typed."""
        sku: str = self.cleaned_data["sku"]
        return self.written.get(sku.casefold(), sku)

    def command(self) -> RecordPick:
        """The pick."""
        return RecordPick(
            shipment_id=self.shipment_id, sku=self.cleaned_data["sku"], quantity=self.cleaned_data["quantity"]
        )


class ShortPickForm(ParcelForm):
    """Pieces are not where they should be. `lines` are those of which some are left to pick."""

    sku = forms.ChoiceField(
        label=_("What is missing?"),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose the product that is missing.")),
    )
    missing = pieces(_("How many pieces are missing?"))

    def __init__(self, *arguments: Any, lines: Iterable[Line], **options: Any) -> None:
        super().__init__(*arguments, **options)
        choices = [(line.sku, _("%s (%s), %s left to pick") % (line.name, line.sku, line.left)) for line in lines]
        field = self.fields["sku"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def command(self) -> ReportShortPick:
        """The report."""
        return ReportShortPick(
            shipment_id=self.shipment_id, sku=self.cleaned_data["sku"], missing=self.cleaned_data["missing"]
        )


class PackForm(ParcelForm):
    """What the parcel weighs."""

    grams = WeightField(
        label=_("Weight of the parcel"),
        help_text=_("Such as 850 g or 1.2 kg. Without a unit, it is in grams."),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )

    def command(self) -> PackShipment:
        """The parcel as it was packed."""
        return PackShipment(shipment_id=self.shipment_id, grams=self.cleaned_data["grams"])


class DispatchForm(ParcelForm):
    """Hand the parcel to the carrier; `order` is how its order stands at this moment."""

    def __init__(self, *arguments: Any, order: OrderStanding, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.order = order

    def command(self) -> DispatchShipment:
        """The dispatch."""
        return DispatchShipment(shipment_id=self.shipment_id, order=self.order)


class CancelForm(ParcelForm):
    """Why the parcel does not leave."""

    reason = reason(_("Why is it cancelled?"), PARCEL_STOPPED, _("The customer reads it on the order’s page."))

    def command(self) -> CancelShipment:
        """The cancellation."""
        return CancelShipment(shipment_id=self.shipment_id, reason=self.cleaned_data["reason"])
