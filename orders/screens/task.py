"""A task on a screen: its form makes a command, the command is sent, and a refusal becomes the form's error."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.domain.roles import CUSTOMER
from accounts.models import User
from eventstore.dispatch import Answer, dispatch
from eventstore.errors import CommandReused, Conflict, Forbidden, Invalid
from eventstore.messages import Refused
from orders.screens.forms import TaskForm
from orders.templatetags.shop import sentence

form_page = require_http_methods(["GET", "HEAD", "POST"])


def person(request: HttpRequest) -> User:
    """Whoever is signed in."""
    assert isinstance(request.user, User)
    return request.user


def customers_only[**P](
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Show a page to customers, and to no one who only works here."""

    @wraps(view)
    def asked(request: HttpRequest, /, *arguments: P.args, **options: P.kwargs) -> HttpResponse:
        if CUSTOMER not in person(request).roles:
            raise PermissionDenied
        return view(request, *arguments, **options)

    return asked


def send(form: TaskForm, request: HttpRequest) -> Answer | None:
    """Send the form's command; None where the form is not filled well, or the domain refuses, and says so in the form.

    The code of a refusal in the form is its sentence as the domain has it. Somebody else's object is answered as if it
    were not there.
    """
    if not form.is_valid():
        return None
    try:
        return dispatch(form.command(), actor=person(request).actor, command_id=form.cleaned_data["command_id"])
    except Refused as refused:
        form.add_error(None, forms.ValidationError(sentence(refused.sentence, refused.values), code=refused.sentence))
    except (Invalid, CommandReused) as error:
        form.add_error(None, str(error))
    except Conflict:
        form.add_error(None, _("Somebody else changed this a moment ago. Look at it once more."))
    except Forbidden as error:
        raise Http404 from error
    return None


def errors_of(form: forms.Form | None) -> list[str]:
    """Everything that is wrong with a form, in sentences."""
    return [str(error) for errors in form.errors.values() for error in errors] if form else []
