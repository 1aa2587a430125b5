"""A task on a screen: its form makes a command, the command is sent, and a refusal becomes the form's error."""

from django import forms
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from eventstore.dispatch import Answer, dispatch
from eventstore.errors import CommandReused, Conflict, Forbidden, Invalid
from eventstore.messages import Refused
from orders.screens.forms import TaskForm
from orders.templatetags.shop import sentence


def person(request: HttpRequest) -> User:
    """Whoever is signed in."""
    assert isinstance(request.user, User)
    return request.user


def send(form: TaskForm, request: HttpRequest) -> Answer | None:
    """Send the form's command; None where the form is not filled well, or the domain refuses, and says so in the form.

    Somebody else's object is answered as if it were not there.
    """
    if not form.is_valid():
        return None
    try:
        return dispatch(form.command(), actor=person(request).actor, command_id=form.cleaned_data["command_id"])
    except Refused as refused:
        form.add_error(None, sentence(refused.sentence, refused.values))
    except (Invalid, CommandReused) as error:
        form.add_error(None, str(error))
    except Conflict:
        form.add_error(None, _("Somebody else changed this a moment ago. Look at it once more."))
    except Forbidden as error:
        raise Http404 from error
    return None


def errors_in(form: forms.Form) -> bool:
    """Whether the page has to begin with a summary of errors."""
    return form.is_bound and bool(form.errors)
