"""Forms of the warehouse's tasks with stock."""

from typing import cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orders.domain.reasons import STOCK_WRITTEN_OFF
from orders.domain.stock_item import CountStock, ReceiveStock, WriteOffStock
from orders.domain.stock_item.shelving import MOST_COUNTED, MOST_RECEIVED, MOVED
from orders.screens.catalogue import offer
from orders.screens.forms import TaskForm, pieces, reason
from orders.screens.warehouse.forms import scanned
from orders.templatetags.shop import sentence

NUMBER = gettext_lazy("Product number")
HINT = gettext_lazy("Scan it, or type it. The stock list leads here with the number filled in.")


class StockForm(TaskForm):
    """A task with the stock of a product that the catalogue knows."""

    sku = scanned(NUMBER, HINT, autofocus=True)

    name = ""

    def clean_sku(self) -> str:
        """The number as the catalogue has it, however it was typed."""
        typed: str = self.cleaned_data["sku"]
        for sku in (typed, typed.upper()):
            if found := offer(sku):
                self.name = found.name
                return found.sku
        raise forms.ValidationError(_("There is no product with the number %(sku)s.") % {"sku": typed})


class ReceiveStockForm(StockForm):
    """Goods that have arrived."""

    quantity = pieces(gettext_lazy("How many pieces have arrived?"), most=MOST_RECEIVED)

    def command(self) -> ReceiveStock:
        """The receipt."""
        return ReceiveStock(sku=self.cleaned_data["sku"], quantity=self.cleaned_data["quantity"])


class WriteOffStockForm(StockForm):
    """Pieces that can't be sold any more."""

    quantity = pieces(gettext_lazy("How many pieces are written off?"))
    reason = reason(gettext_lazy("Why can they not be sold?"), STOCK_WRITTEN_OFF)

    def command(self) -> WriteOffStock:
        """The writing off."""
        cleaned = self.cleaned_data
        return WriteOffStock(sku=cleaned["sku"], quantity=cleaned["quantity"], reason=cleaned["reason"])


class CountStockForm(StockForm):
    """What lies on the shelf. It is checked against `on_hand`, what the books said when the difference was shown."""

    asks_to_check = True

    counted = pieces(
        gettext_lazy("How many pieces have you counted?"),
        least=0,
        most=MOST_COUNTED,
        hint=gettext_lazy("With those that are packed but have not left."),
    )
    on_hand = forms.CharField(widget=forms.HiddenInput, required=False)

    books: int | None = None

    def compare(self, on_hand: int) -> None:
        """Show the difference to what the books say now; where they said something else before, ask once more."""
        if self.checked and self.cleaned_data["on_hand"] != str(on_hand):
            self.add_error(None, sentence(MOVED, {"on_hand": on_hand}))
        self.books = on_hand
        changed = cast(QueryDict, self.data).copy()
        changed["on_hand"] = str(on_hand)
        self.data = changed

    def command(self) -> CountStock:
        """The count, with what the books said as it was compared to them."""
        return CountStock(sku=self.cleaned_data["sku"], counted=self.cleaned_data["counted"], on_hand=self.books)


def difference(counted: int, on_hand: int) -> str:
    """What a count says of the books."""
    more = counted - on_hand
    if not more:
        return _("That is what the books say.")
    n = abs(more)
    if more > 0:
        said = ngettext("{n} piece more than in the books: {books}.", "{n} pieces more than in the books: {books}.", n)
    else:
        said = ngettext(
            "{n} piece fewer than in the books: {books}.", "{n} pieces fewer than in the books: {books}.", n
        )
    return said.format(n=n, books=on_hand)
