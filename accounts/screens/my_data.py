"""My data: what we know of a customer, on a page and as a file; and what they have us know, or know no longer."""

from uuid import UUID

import msgspec
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.domain.roles import CUSTOMER
from accounts.models import Session, User
from accounts.screens import new_email
from accounts.screens.contact import contact_of
from accounts.screens.data_forms import ContactForm, EraseForm, NewAddressForm, RemoveAddressForm
from accounts.screens.known import everything_known_of
from accounts.screens.still_open import shown_up_to
from eventstore.dispatch import rehearse
from orders.screens.order_details import country
from orders.screens.task import customers_only, form_page, perform, person, send, send_alone, sent_before
from orders.templatetags.shop import sentence
from projections.order_page import OrderPage

BACK = {"title": gettext_lazy("My data"), "url": "/my-data/"}
MOST = 50


@require_safe
@customers_only
def my_data(request: HttpRequest) -> HttpResponse:
    """What we know."""
    known = contact_of(person(request).id)
    orders = OrderPage.objects.filter(customer_id=person(request).id).order_by("-placed_at", "order_id")[:MOST]
    context = {
        "known": known,
        "addresses": [(key, shown(address)) for key, address in known.addresses.items()],
        "orders": [(row.reference, row.placed_at, reverse("orders:order", args=[row.order_id])) for row in orders],
        "sessions": Session.browsers_of(person(request).id),
        "waiting_email": new_email.waiting_for(person(request)),
    }
    return render(request, "accounts/my_data.html", context)


def shown(address: object) -> dict[str, str]:
    """An address as a page shows it."""
    parts: dict[str, str] = msgspec.to_builtins(address)
    return parts | {"country": country(parts["country"])}


@require_safe
@customers_only
def my_data_file(request: HttpRequest) -> HttpResponse:
    """The same and all that is behind it, to keep or to take elsewhere."""
    answer = JsonResponse(everything_known_of(person(request)), json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@form_page
@customers_only
@transaction.atomic
def change_contact_details(request: HttpRequest) -> HttpResponse:
    """How we reach somebody. A letter goes to another e-mail address first."""
    user = person(request)
    if request.method == "POST":
        User.objects.select_for_update(no_key=True).get(pk=user.pk)  # or the link may be followed meanwhile
    known = contact_of(user.id)
    told = {"name": known.name or user.name, "email": known.email or user.email, "telephone": known.telephone}
    form = ContactForm.asked(request, customer_id=user.id, known=known, initial=told)
    if request.method == "POST" and send(form, request):
        User.objects.filter(pk=user.pk).update(name=form.cleaned_data["name"])
        if form.new_email:
            new_email.want(request, user, form.new_email)
        else:
            messages.success(request, _("Your contact details are changed."))
        return redirect("accounts:my_data")
    context = {"form": form, "title": _("Change contact details"), "back": BACK}
    return render(request, "task.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@customers_only
def keep_email(request: HttpRequest) -> HttpResponse:
    """The e-mail address stays as it is. Whoever is led here by a sign-in finds the button once more."""
    if request.method == "POST":
        if new_email.withdraw(person(request)):
            messages.success(request, _("Your e-mail address stays as it is."))
        else:  # the link may have been followed a moment ago
            messages.info(request, _("No other e-mail address is waiting. The one below is yours."))
    return redirect("accounts:my_data")


@form_page
@customers_only
def add_delivery_address(request: HttpRequest) -> HttpResponse:
    """An address to choose from when ordering."""
    user = person(request)
    form = NewAddressForm.asked(request, customer_id=user.id, initial={"recipient": user.name, "country": "DE"})
    context = {"title": _("Add a delivery address"), "button": _("Add address"), "back": BACK}
    then = reverse("accounts:my_data")
    return perform(request, form, "task.html", context, then=then, said=_("The address is kept."))


@form_page
@customers_only
def remove_delivery_address(request: HttpRequest, address_id: UUID) -> HttpResponse:
    """An address that is kept no longer; what was ordered still goes there."""
    user = person(request)
    address = contact_of(user.id).addresses.get(address_id)
    form = RemoveAddressForm.asked(request, customer_id=user.id, address_id=address_id)
    if address is None and not sent_before(form, request):
        raise Http404
    context = {
        "title": _("Remove this address"),
        "back": BACK,
        "address": shown(address) if address else "",
        "consequences": [
            _("You can no longer choose it when you order."),
            _("What you have ordered still goes there."),
        ],
    }
    then = reverse("accounts:my_data")
    return perform(request, form, "accounts/remove_address.html", context, then=then, said=_("The address is removed."))


@form_page
@customers_only
def erase_my_data(request: HttpRequest) -> HttpResponse:
    """We are to know nothing of somebody any more. That cannot be undone, and waits for the last open order."""
    user = person(request)
    form = EraseForm.asked(request, customer_id=user.id, shown=shown_up_to())
    if request.method == "POST" and send_and_shut_out(form, request):
        logout(request)
        messages.success(request, _("Your data are being erased, and your sign-in with them. Goodbye."))
        # Their name stands above the page, which is therefore fetched anew, all of it.
        return HttpResponseClientRedirect(reverse("home")) if "HX-Request" in request.headers else redirect("home")
    refused = rehearse(EraseForm.command(form), actor=user.actor)
    context = {
        "form": form,
        "title": _("Erase my data"),
        "back": BACK,
        "reason": sentence(refused.sentence, refused.values) if refused else "",
        "instead": {"title": _("My orders"), "url": reverse("orders:my_orders")} if refused else None,
        "consequences": [
            _("Your name, e-mail address, telephone and addresses become unreadable for everybody, also for us."),
            _("Your sign-in goes, in every browser, at once."),
            _("Invoices stay, as the law asks for, without you in them."),
            _("You can no longer return what you have ordered."),
            _("Nobody can undo it."),
        ],
    }
    return render(request, "task.html", context, status=422 if form.errors else 200)


@transaction.atomic
def send_and_shut_out(form: EraseForm, request: HttpRequest) -> bool:
    """Send it, and have nobody signed in as this customer any more, in any browser: both, or neither.

    What is left of the sign-in goes with their key. Somebody who works here as well keeps it for that.
    """
    user = person(request)
    if not send_alone(form, request):
        return False
    if user.roles == {CUSTOMER}:
        User.objects.filter(pk=user.pk).update(is_active=False)
    else:
        user.groups.remove(*user.groups.filter(name=CUSTOMER))
    Session.end([user.id])
    return True
