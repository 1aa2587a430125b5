"""Forms of the tasks with an order: another address, cancelling, answering a backorder, returning goods."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self, cast
from uuid import UUID

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from uuid_utils.compat import uuid7

from eventstore import clock
from orders.domain.money import Money
from orders.domain.order import AnswerBackorder, CancelOrder, CancelOrderLines, ChangeDeliveryAddress, OrderPlaced
from orders.domain.payment import CardReplaced, PayWithAnotherCard, still_to_pay
from orders.domain.reasons import NOT_WANTED
from orders.domain.returns import Delivery, RequestReturn
from orders.domain.returns.requesting import REQUESTED_ALREADY, at_one_price, came_too_long_ago, too_late
from orders.screens.customer.forms import AddressForm
from orders.screens.customer.paying import NEW_CARD
from orders.screens.forms import CHANGED_ON_ITS_WAY, TaskForm, pieces, reason
from orders.screens.order_now import OrderNow, order_now
from orders.screens.order_tasks import cancellable, pay_with, request_return
from orders.screens.task import person
from orders.screens.words import staff_may_read
from orders.systems.payment_provider.cards import SavedCard
from orders.templatetags.shop import money, sentence

ANSWERS = [
    ("wait", gettext_lazy("Wait until everything is there, and send it then")),
    ("take_what_is_there", gettext_lazy("Send what is there now, and the rest as soon as it comes")),
    ("cancel", gettext_lazy("Cancel what is not there")),
]
REASONS = [
    ("damaged", gettext_lazy("It is damaged")),
    ("wrong_item", gettext_lazy("It is not what I ordered")),
    ("not_as_described", gettext_lazy("It is not as it was described")),
    ("changed_mind", gettext_lazy("I have changed my mind")),
]


class OrderForm(TaskForm):
    """A task with an order as it is `now`; who does it for a customer reads some `labels` otherwise."""

    labels: Mapping[str, Any] = {}

    def __init__(self, *arguments: Any, now: OrderNow, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.now = now

    @classmethod
    def asked(cls, request: HttpRequest, *, seen: int | None = None, **options: Any) -> Self:
        """The form as a page asks it, of the customer or of whoever does it for them."""
        form = super().asked(request, seen=seen, **options)
        if staff_may_read(person(request)):
            form.ask_staff()
        return form

    def ask_staff(self) -> None:
        """Ask what the customer wants, not whoever fills it in."""
        for name, label in self.labels.items():
            self.fields[name].label = label


class ChangeDeliveryAddressForm(OrderForm, AddressForm):
    """Where else the parcels go."""

    field_order = ("recipient", "street", "postcode", "city", "country")

    def command(self) -> ChangeDeliveryAddress:
        """The other address, with what the warehouse says of the parcels now."""
        return ChangeDeliveryAddress(
            order_id=self.now.order_id, delivery_address=self.address, parcels=self.now.parcels
        )


class CancelOrderForm(OrderForm):
    """Why an order is not wanted any more."""

    reason = reason(gettext_lazy("Why do you cancel it?"), NOT_WANTED.values())
    labels = {"reason": gettext_lazy("Why does the customer cancel it?")}

    def command(self) -> CancelOrder:
        """The cancellation, with what the warehouse says of the parcels now."""
        return CancelOrder(order_id=self.now.order_id, reason=self.cleaned_data["reason"], parcels=self.now.parcels)


class CancelLinesForm(OrderForm):
    """Which pieces are not wanted any more."""

    sku = forms.ChoiceField(
        label=gettext_lazy("Which product?"),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose one of these products.")),
    )
    quantity = pieces(gettext_lazy("How many pieces?"), most=999)
    reason = reason(gettext_lazy("Why do you cancel them?"), NOT_WANTED.values())
    labels = {"reason": gettext_lazy("Why does the customer cancel them?")}

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        choice = self.fields["sku"]
        assert isinstance(choice, forms.ChoiceField)
        left = cancellable(self.now)
        choice.choices = [(sku, self.title(sku, left.get(sku, 0))) for sku in self.now.goods.lines]

    def title(self, sku: str, left: int) -> str:
        """A product as a choice; one that can't be cancelled any more is refused in the rule's own words."""
        line = self.now.goods.lines[sku]
        said = {"name": line.name, "left": left, "price": money(line.price)}
        return (_("%(name)s (up to %(left)s, %(price)s each)") if left else _("%(name)s (none)")) % said

    def command(self) -> CancelOrderLines:
        """The cancellation of some pieces, with what the warehouse says of the parcels now."""
        answers = self.cleaned_data
        return CancelOrderLines(
            order_id=self.now.order_id,
            cancellation_id=answers["command_id"],
            sku=answers["sku"],
            quantity=answers["quantity"],
            reason=answers["reason"],
            parcels=self.now.parcels,
        )


class AnswerBackorderForm(OrderForm):
    """What becomes of goods that do not come."""

    answer = forms.ChoiceField(
        label=gettext_lazy("What shall become of what is not there?"),
        choices=ANSWERS,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose one of these answers.")),
    )

    def command(self) -> AnswerBackorder:
        """The answer."""
        return AnswerBackorder(order_id=self.now.order_id, answer=self.cleaned_data["answer"])


class PayWithAnotherCardForm(OrderForm):
    """Which card pays in place of the one that was declined: the last that was entered comes first."""

    card = forms.ChoiceField(
        label=gettext_lazy("Which card?"),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose one of your cards.")),
    )

    def __init__(self, *arguments: Any, cards: Sequence[SavedCard], **options: Any) -> None:
        super().__init__(*arguments, **options)
        choice = self.fields["card"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(card.name, self.title(card)) for card in reversed(cards)]
        new = _("Another one, which you enter next") if cards else _("A card that you enter next")
        choice.choices = [*choice.choices, (NEW_CARD, new)]
        if not cards:
            choice.initial = NEW_CARD

    @property
    def declined(self) -> set[str | None]:
        """The cards that were asked already."""
        return {fact.event.card for fact in self.now.facts if isinstance(fact.event, OrderPlaced | CardReplaced)}

    @property
    def amount(self) -> Money:
        """What is still to be paid."""
        return still_to_pay(self.now.payment.state.ledger, self.now.goods.worth)

    def title(self, card: SavedCard) -> str:
        """A card as a choice."""
        return _("%(card)s, which was declined") % {"card": card.label} if card.name in self.declined else card.label

    def command(self) -> PayWithAnotherCard:
        """The payment with the card that was chosen."""
        return pay_with(self.now, self.cleaned_data["card"])


class RequestReturnForm(OrderForm):
    """Which pieces come back, and why. `return_id` is the return that the page has asked about."""

    return_id = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"required": CHANGED_ON_ITS_WAY, "invalid": CHANGED_ON_ITS_WAY}
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Why do you return it?"),
        choices=REASONS,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose why you return it.")),
    )
    labels = {"reason": gettext_lazy("Why does the customer return it?")}

    def __init__(self, *arguments: Any, erased: bool, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.erased = erased
        self.asked_for = {f"pieces-{sku}": sku for sku in self.now.delivered}
        for name, sku in self.asked_for.items():
            self.fields[name] = self.how_many(sku)
        self.order_fields([*self.asked_for, "reason"])

    def ask_staff(self) -> None:
        """Ask also how many pieces the customer returns."""
        super().ask_staff()
        for name, sku in self.asked_for.items():
            line = self.now.goods.lines[sku]
            self.fields[name].label = _("How many “%(name)s” does the customer return?") % {"name": line.name}

    def how_many(self, sku: str) -> forms.IntegerField:
        """How many pieces of a product come back; not asked where none is left, but heard where it was asked."""
        label = _("How many “%(name)s” do you return?") % {"name": self.now.goods.lines[sku].name}
        came = [delivery for delivery in self.now.deliveries if delivery.sku == sku]
        field = pieces(label, least=0, most=999, hint=" ".join(self.up_to(came)))
        field.initial = 0
        if not came:
            field.widget = forms.HiddenInput()
        return field

    def up_to(self, came: Sequence[Delivery]) -> Iterator[str]:
        """How many pieces of these deliveries of a product can come back, and why the others cannot."""
        now = localtime(clock.now())
        late, together = too_late(came, now), at_one_price(came, now)
        left = sum(delivery.quantity for delivery in together)
        if left and together[0].price.cents:
            yield _("Up to %(left)s, refunded at %(price)s each.") % {"left": left, "price": money(together[0].price)}
        elif left:
            yield _("Up to %(left)s, for which nothing was paid: nothing is refunded.") % {"left": left}
        if more := sum(delivery.quantity for delivery in came if delivery not in late) - left:
            yield _("%(more)s more in another return, as not the same was paid for them.") % {"more": more}
        if late:
            why = came_too_long_ago(late, now)
            yield sentence(why.sentence, why.values)

    def clean_return_id(self) -> UUID:
        """The return that the page has asked about: one of this order's, or its next."""
        asked: UUID = self.cleaned_data["return_id"]
        if asked not in self.now.return_ids:
            raise forms.ValidationError(CHANGED_ON_ITS_WAY)
        return asked

    def command(self) -> RequestReturn:
        """The request, with what was delivered and has not come back yet, and whether the customer was `erased`."""
        answers = self.cleaned_data
        wanted = {sku: answers[name] for name, sku in self.asked_for.items() if answers[name]}
        return request_return(
            self.now, wanted, erased=self.erased, reason=answers["reason"], return_id=answers["return_id"]
        )

    def add_error(self, field: str | None, error: Any) -> None:
        """An error; where the return was requested by somebody else meanwhile, the form goes on with the next one."""
        super().add_error(field, error)
        if getattr(error, "code", None) == REQUESTED_ALREADY:
            self.ask_about_next()

    def ask_about_next(self) -> None:
        """Ask about the order's next return, under a new command."""
        changed = cast(QueryDict, self.data).copy()
        changed["return_id"] = str(order_now(self.now.order_id).next_return)
        changed["command_id"] = str(uuid7())
        self.data = changed
