"""The catalogue: list a product, change its price, withdraw it."""

from typing import Any

from django import forms
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from eventstore.dispatch import load
from orders.domain.money import Money
from orders.domain.product import ChangePrice, ListProduct, WithdrawProduct
from orders.screens.following import Following
from orders.screens.forms import AmountField, TaskForm
from orders.screens.open_tasks import why_not
from orders.screens.operations import for_operators
from orders.screens.paging import portion
from orders.screens.task import form_page, perform
from orders.streams import PRODUCT
from projections import products as read_model
from projections.products import Product

PICTURE = RegexValidator(r"^products/[a-z0-9-]+\.svg$", gettext_lazy("Enter a picture such as products/mug-035.svg."))


class ListProductForm(TaskForm):
    """A product comes into the catalogue, or comes back."""

    asks_to_check = True
    sku = forms.SlugField(label=gettext_lazy("Product number"), max_length=40)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    description = forms.CharField(label=gettext_lazy("Description"), max_length=2000, widget=forms.Textarea)
    picture = forms.CharField(
        label=gettext_lazy("Picture"),
        help_text=gettext_lazy("The file of the picture, such as products/mug-035.svg."),
        max_length=200,
        validators=[PICTURE],
    )
    price = AmountField(label=gettext_lazy("Price"), help_text=gettext_lazy("In euros, such as 42.00."))

    def clean_picture(self) -> str:
        """Only what comes with the shop can be shown."""
        picture: str = self.cleaned_data["picture"]
        if not finders.find(picture):
            raise ValidationError(_("There is no such picture."))
        return picture

    def command(self) -> ListProduct:
        """The listing."""
        said = self.cleaned_data
        return ListProduct(
            sku=said["sku"],
            name=said["name"],
            description=said["description"],
            picture=said["picture"],
            price=said["price"],
        )


class OfProductForm(TaskForm):
    """A task with a product of the catalogue."""

    def __init__(self, *arguments: Any, sku: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.sku = sku


class ChangePriceForm(OfProductForm):
    """What a product costs from now on."""

    price = AmountField(label=gettext_lazy("New price"), help_text=gettext_lazy("In euros, such as 42.00."))

    def command(self) -> ChangePrice:
        """The change."""
        return ChangePrice(sku=self.sku, price=self.cleaned_data["price"])


class WithdrawProductForm(OfProductForm):
    """A product can't be ordered any more."""

    def command(self) -> WithdrawProduct:
        """The withdrawal."""
        return WithdrawProduct(sku=self.sku)


@require_safe
@for_operators
def catalogue(request: HttpRequest) -> HttpResponse:
    """All products, listed and withdrawn, with the tasks that there are with them."""
    following = Following(request, read_model.PROJECTION.name)
    page = portion(request, Product.objects.exclude(name=""), "name", "sku")
    return render(request, "operations/catalogue.html", {"page": page, "following": following})


@form_page
@for_operators
def list_product(request: HttpRequest) -> HttpResponse:
    """A product comes into the catalogue."""
    form = ListProductForm.asked(request)
    context = {
        "title": _("List product"),
        "back": to_catalogue(),
        "consequences": [_("Customers see the product, and can order it.")],
    }
    return perform(
        request,
        form,
        "operations/list_product.html",
        context,
        then=reverse("orders:catalogue"),
        said=_("The product is in the catalogue."),
    )


@form_page
@for_operators
def change_price(request: HttpRequest, sku: str) -> HttpResponse:
    """What a product costs from now on. Orders keep the price at which they were placed."""
    loaded = load(PRODUCT, f"{PRODUCT.name}-{sku}")
    product = get_object_or_404(Product.objects.exclude(name=""), sku=sku)
    form = ChangePriceForm.asked(request, seen=loaded.version, sku=sku)
    probe = ChangePrice(sku=sku, price=product.price + Money(cents=1))
    context = {
        "title": _("Change price"),
        "back": to_catalogue(),
        "product": product,
        "reason": "" if form.is_bound else why_not(request, probe, loaded),
        "consequences": [_("Orders that are placed keep their price; baskets are asked about again.")],
    }
    said = _("The price is changed.")
    return perform(request, form, "operations/change_price.html", context, then=reverse("orders:catalogue"), said=said)


@form_page
@for_operators
def withdraw_product(request: HttpRequest, sku: str) -> HttpResponse:
    """Nobody can order a product any more; open orders keep it."""
    loaded = load(PRODUCT, f"{PRODUCT.name}-{sku}")
    product = get_object_or_404(Product.objects.exclude(name=""), sku=sku)
    form = WithdrawProductForm.asked(request, seen=loaded.version, sku=sku)
    context = {
        "title": _("Withdraw product"),
        "back": to_catalogue(),
        "product": product,
        "reason": "" if form.is_bound else why_not(request, WithdrawProduct(sku=sku), loaded),
        "consequences": [_("Nobody can order it any more."), _("Open orders keep it.")],
    }
    said = _("The product is withdrawn.")
    return perform(
        request, form, "operations/withdraw_product.html", context, then=reverse("orders:catalogue"), said=said
    )


def to_catalogue() -> dict[str, str]:
    """The way back to the list."""
    return {"title": _("Catalogue"), "url": reverse("orders:catalogue")}
