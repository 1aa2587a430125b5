"""Forms of the tasks. A form knows how to make its command; it edits no record."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Self, cast

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from eventstore.log import Recorded
from eventstore.messages import Command
from orders.domain.money import Money
from orders.templatetags.shop import money

CHANGED_ON_ITS_WAY = _("This page was not sent as we showed it to you. Check it, and send it once more.")


class TaskForm(forms.Form):
    """A task: it carries the id of its command, so that sending it twice does it once.

    With `seen`, the version that the page shows, it is only done while nothing else has happened since: otherwise
    `news` holds what has, and the form goes on from there. Where `asks_to_check`, its answers are shown once more
    before it is sent.
    """

    asks_to_check = False

    command_id = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"required": CHANGED_ON_ITS_WAY, "invalid": CHANGED_ON_ITS_WAY}
    )
    version = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=0,
        max_value=2**31 - 1,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), CHANGED_ON_ITS_WAY),
    )

    def __init__(self, *arguments: Any, seen: int | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.news: list[Recorded[Any]] = []
        if seen is None:
            del self.fields["version"]

    @classmethod
    def asked(cls, request: HttpRequest, *, seen: int | None = None, **options: Any) -> Self:
        """The form as a page asks it, under a new command id; or as it was sent."""
        sent = request.POST if request.method == "POST" else None
        known = {"command_id": uuid7(), "version": seen} | options.pop("initial", {})
        return cls(sent, seen=seen, initial=known, **options)

    def command(self) -> Command:
        """The command that the filled form asks for."""
        raise NotImplementedError

    @property
    def checked(self) -> bool:
        """Whether its answers were shown once more."""
        return self.data.get("checked") == "yes"

    def answered(self) -> list[dict[str, Any]]:
        """What was answered, in words: label, value, name of the field."""
        return [
            {"label": field.label, "value": self.in_words(field.name), "name": field.name}
            for field in self.visible_fields()
        ]

    def in_words(self, name: str) -> str:
        """An answer as a person would say it."""
        value, field = self.cleaned_data[name], self.fields[name]
        if isinstance(field, forms.ChoiceField):
            return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]  # no field here groups its choices
        return money(value) if isinstance(value, Money) else str(value)

    def renew(self) -> None:
        """The next try is another command: this one has its answer, which stays the same however often it is sent."""
        changed = cast(QueryDict, self.data).copy()
        changed["command_id"] = str(uuid7())
        self.data = changed

    def see(self, news: Sequence[Recorded[Any]]) -> None:
        """What has happened since the page was shown is shown now: the next try goes on from there."""
        self.news = list(news)
        if news:
            changed = cast(QueryDict, self.data).copy()
            changed["version"] = str(news[-1].version)
            self.data = changed


def reason(label: Any, sentences: Iterable[str], hint: Any = "") -> forms.ChoiceField:
    """Why: one of these sentences, and not in the person's own words, which would be kept for ever."""
    return forms.ChoiceField(
        label=label,
        help_text=hint,
        choices=[(sentence, _(sentence)) for sentence in sentences],
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose why.")),
    )


def pieces(label: Any, *, least: int = 1, most: int = 999_999, hint: Any = "") -> forms.IntegerField:
    """How many pieces."""
    return forms.IntegerField(
        label=label,
        help_text=hint,
        min_value=least,
        max_value=most,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "required": _("Enter how many."),
            "invalid": _("Enter a whole number."),
            "min_value": _("Enter %(limit_value)s or more."),
            "max_value": _("Enter %(limit_value)s at the most."),
        },
    )


# One separator at most, and two digits behind it at most: nobody's thousand is taken for cents.
AMOUNT = re.compile(r"\s*€?\s*(-?\d+)(?:[.,](\d{1,2}))?\s*€?\s*")


class AmountField(forms.DecimalField):
    """An amount of money as people write it, 12.50 or 12,50; it becomes Money in euros."""

    def __init__(self, **options: Any) -> None:
        wrong = _("Enter an amount such as 12.50.")
        said: dict[str, Any] = {"required": _("Enter an amount."), "min_value": _("Enter more than nothing.")}
        said |= dict.fromkeys(("invalid", "max_digits", "max_decimal_places", "max_whole_digits"), wrong)
        super().__init__(
            min_value=Decimal("0.01"),
            max_digits=9,
            decimal_places=2,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            error_messages=said,
            **options,
        )

    def to_python(self, value: Any) -> Any:
        """The number that was typed, with either separator in either language."""
        if value in self.empty_values:
            return None
        typed = AMOUNT.fullmatch(str(value))
        if typed is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(f"{typed[1]}.{typed[2] or 0}")

    def clean(self, value: Any) -> Money:
        """The amount."""
        return Money(cents=int(super().clean(value) * 100))

    def prepare_value(self, value: Any) -> Any:
        """The amount as the page asks it."""
        return number_format(Decimal(value.cents) / 100, 2) if isinstance(value, Money) else value
