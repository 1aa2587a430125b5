"""A task on a screen: its form makes a command, the command is sent, and a refusal becomes the form's error."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from accounts.domain.roles import CUSTOMER
from accounts.models import User
from eventstore import log, personal
from eventstore.dispatch import Answer, digest, dispatch, rehearse
from eventstore.errors import CommandReused, Conflict, Forbidden, Invalid, PersonErased
from eventstore.messages import OWNER, Command, Refused
from orders.screens.forms import TaskForm
from orders.screens.words import facts_in_words
from orders.templatetags.shop import sentence

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]


def form_page[**P](view: View[P]) -> View[P]:
    """A page with a form: whoever goes back to it finds what they filled in, which a browser keeps for them alone."""
    guarded: View[P] = require_http_methods(["GET", "HEAD", "POST"])(cache_control(private=True, no_cache=True)(view))
    return guarded


def person(request: HttpRequest) -> User:
    """Whoever is signed in."""
    assert isinstance(request.user, User)
    return request.user


def only[**P](*roles: str) -> Callable[[View[P]], View[P]]:
    """Show a page to whoever holds one of these roles, and to nobody else."""

    def guarded(view: View[P]) -> View[P]:
        @wraps(view)
        def asked(request: HttpRequest, /, *arguments: P.args, **options: P.kwargs) -> HttpResponse:
            if not person(request).roles & set(roles):
                raise PermissionDenied
            return view(request, *arguments, **options)

        return asked

    return guarded


customers_only = only(CUSTOMER)


def may_send(command: type[Command], request: HttpRequest) -> bool:
    """Whether this person holds a role that may send such a command; whose object it is, is asked later."""
    return OWNER in command.sent_by or bool(command.sent_by & person(request).roles)


def send(form: TaskForm, request: HttpRequest) -> Answer | None:
    """Send the form's command; None where something stands against it, as the form says then."""
    return attempted(
        form,
        lambda: dispatch(
            form.command(),
            actor=person(request).actor,
            command_id=form.cleaned_data["command_id"],
            expected_version=form.cleaned_data.get("version"),
        ),
    )


def send_alone(form: TaskForm, request: HttpRequest) -> Answer | None:
    """Send it while this person is held: whoever orders is not erased at the same moment, and the other way round."""
    with personal.holding(str(person(request).id)):
        return send(form, request)


def could_be_sent(form: TaskForm, request: HttpRequest) -> bool:
    """Whether the form's command could be done, or was; where not, the form says why."""

    def rehearsed() -> bool:
        if not sent_before(form, request) and (refused := rehearse(form.command(), actor=person(request).actor)):
            raise refused
        return True

    return attempted(form, rehearsed) is not None


def attempted[Outcome](form: TaskForm, deed: Callable[[], Outcome]) -> Outcome | None:
    """What comes of a deed with the form's command; None where something stands against it, as the form says then.

    The code of a refusal in the form is its sentence as the domain has it. Somebody else's object is answered as if it
    were not there.
    """
    if not form.is_valid():
        return None
    try:
        return deed()
    except Refused as refused:
        form.renew()
        form.add_error(None, forms.ValidationError(sentence(refused.sentence, refused.values), code=refused.sentence))
    except CommandReused:
        form.add_error(None, _("This was sent before with other content. Reload the page to begin anew."))
    except Invalid as error:
        form.add_error(None, str(error))
    except PersonErased:
        form.add_error(None, _("The data of this customer were erased."))
    except Conflict as conflict:
        form.see(conflict.meanwhile)
        form.add_error(None, _("Somebody else changed this a moment ago. See what is new, and go on if it still fits."))
    except Forbidden as error:
        raise Http404 from error
    return None


def sent_before(form: TaskForm, request: HttpRequest) -> bool:
    """Whether this person has sent this very task already: it is answered as it was then, whatever is so by now."""
    receipt = log.receipt_of(form.cleaned_data["command_id"]) if form.is_valid() else None
    return receipt is not None and (receipt.actor, receipt.digest) == (person(request).actor.id, digest(form.command()))


def perform(
    request: HttpRequest,
    form: TaskForm,
    template: str,
    context: Mapping[str, Any],
    *,
    then: str,
    said: str,
) -> HttpResponse:
    """The page of a task, and what comes of it: `then` is the address of the next page, which waits until it shows
    the effect, and `said` the sentence with which it begins.

    A form that is to be checked shows its answers first, if that could be done, and is sent from there; "change" leads
    back, with all that was typed.
    """
    if request.method == "POST" and "change" not in request.POST:
        if form.asks_to_check and not form.checked:
            if could_be_sent(form, request):
                return render(request, "check_answers.html", {**context, "form": form, "answers": form.answered()})
        elif answer := send(form, request):
            messages.success(request, said)
            return redirect(f"{then}{'&' if '?' in then else '?'}after={answer.position}")
    news = facts_in_words(form.news, person(request))
    context = {**context, "form": form, "news": news}
    return render(request, template, context, status=422 if form.is_bound and form.errors else 200)


def errors_of(form: forms.Form | None) -> list[str]:
    """Everything that is wrong with a form, in sentences."""
    return [str(error) for errors in form.errors.values() for error in errors] if form else []
