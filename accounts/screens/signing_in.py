"""Signing up, in and out, and the password: the library's steps on the shop's pages."""

from contextlib import suppress
from typing import Any

from allauth.account import views as account
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.domain.email_claim import TAKEN
from accounts.models import Session, User
from accounts.screens import forms, new_email, second_factor
from accounts.screens.second_factor import is_needed
from accounts.tasks import unshown_sign_ups
from eventstore.errors import Conflict
from eventstore.messages import Refused
from orders.templatetags.shop import sentence


class Asked:
    """A page that asks something; 422 when the answer was not understood."""

    def form_invalid(self, form: Any) -> Any:
        """The page once more, with what is wrong."""
        return self.render_to_response(self.get_context_data(form=form), status=422)  # type: ignore[attr-defined]  # a form view's


class SignIn(Asked, account.LoginView):
    """By e-mail address and password; whoever has a second factor is asked for it next."""

    template_name = "accounts/sign_in.html"
    form_class = forms.SignInForm

    @transaction.atomic
    def form_valid(self, form: Any) -> Any:
        """Signed in; a sign-in that went a moment ago, as its customer was erased, is as if it had not been there."""
        if User.objects.select_for_update(no_key=True).filter(pk=form.user.pk, is_active=True).exists():
            return super().form_valid(form)
        form.add_error(None, get_adapter().validation_error("email_password_mismatch"))
        return self.form_invalid(form)


class SignUp(Asked, account.SignupView):
    """Somebody wants to be a customer. They are one as soon as they have shown that the e-mail address is theirs."""

    template_name = "accounts/sign_up.html"
    form_class = forms.SignUpForm

    def form_valid(self, form: Any) -> Any:
        """The sign-in and its address, both or neither; neither is made by a second click."""
        try:
            with transaction.atomic():
                return super().form_valid(form)
        except IntegrityError:
            return redirect("account_email_verification_sent")


class CheckYourMail(account.EmailVerificationSentView):
    """The same for whoever is known already and for whoever is not."""

    template_name = "accounts/check_your_mail.html"


@method_decorator(login_not_required, name="dispatch")
class ConfirmEmail(account.ConfirmEmailView):
    """The address is theirs: it is claimed, and they are registered, in the same transaction, or nothing happens."""

    template_name = "accounts/confirm_email.html"

    def dispatch(self, request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponseBase:
        """Whoever has an address already signs in first."""
        with suppress(Http404):
            if new_email.stranger_to(self.asked_for(), request):
                return new_email.sign_in_first(request)
        answer: HttpResponseBase = super().dispatch(request, *arguments, **options)
        return answer

    def post(self, *arguments: Any, **options: Any) -> HttpResponse:
        """Confirmed, or refused in a sentence."""
        try:
            with transaction.atomic():
                answer = self.confirmed(*arguments, **options)
        except Refused as refused:
            messages.error(self.request, sentence(refused.sentence, refused.values))
        except Conflict:
            messages.error(self.request, _("Somebody else changed this a moment ago. Try once more."))
        except IntegrityError:
            messages.error(self.request, sentence(TAKEN, {}))
        else:
            messages.success(self.request, _("Thank you: the e-mail address is yours."))
            return answer
        return redirect(self.request.path)

    def confirmed(self, *arguments: Any, **options: Any) -> HttpResponse:
        """It is theirs. Who has signed up with it, and has never shown that it is, makes room; Refused for others."""
        wanted = self.asked_for()
        unshown_sign_ups().filter(email=wanted.email).exclude(pk=wanted.user_id).delete()
        answer: HttpResponse = super().post(*arguments, **options)
        if not EmailAddress.objects.filter(pk=wanted.pk, verified=True).exists():
            raise Refused(TAKEN)
        return answer

    def asked_for(self) -> EmailAddress:
        """The address whose link was followed; Http404 where the link is of no use any more."""
        address: EmailAddress = self.get_object().email_address  # type: ignore[no-untyped-call]  # the library's
        return address


class ForgottenPassword(Asked, account.PasswordResetView):
    """A letter with a link goes to the address, where somebody signs in with it."""

    template_name = "accounts/forgotten_password.html"
    form_class = forms.ForgottenPasswordForm


class LetterSent(account.PasswordResetDoneView):
    """The same for an address that is known and for one that is not."""

    template_name = "accounts/letter_sent.html"


@method_decorator(transaction.atomic, name="dispatch")
class NewPassword(Asked, account.PasswordResetFromKeyView):
    """By the link in the letter, which also shows that the address is theirs."""

    template_name = "accounts/new_password.html"
    form_class = forms.NewPasswordForm

    def form_valid(self, form: Any) -> Any:
        """All sessions end: somebody else may have known the former password."""
        answer = super().form_valid(form)
        Session.end([self.reset_user.id])
        return answer


class PasswordChanged(account.PasswordResetFromKeyDoneView):
    """What happens next."""

    template_name = "accounts/new_password_set.html"


class ChangePassword(Asked, account.PasswordChangeView):
    """The present password, and a new one. Whoever is signed in elsewhere is so no longer."""

    template_name = "accounts/change_password.html"
    form_class = forms.ChangePasswordForm

    def dispatch(self, request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponseBase:
        """Whoever has no password sets one by a letter."""
        if request.user.is_authenticated and not request.user.has_usable_password():
            return redirect("account_reset_password")
        answer: HttpResponseBase = super().dispatch(request, *arguments, **options)
        return answer

    def form_valid(self, form: Any) -> Any:
        """Changed; back to where it was asked for."""
        super().form_valid(form)
        Session.end_others(self.request)
        messages.success(self.request, _("Your password is changed. Elsewhere you are signed out."))
        return redirect("accounts:my_sign_in")


class ConfirmItIsYou(Asked, account.ReauthenticateView):
    """The password once more, before something that a stranger at an open screen must not do."""

    template_name = "accounts/confirm_it_is_you.html"
    form_class = forms.ConfirmPasswordForm


@require_http_methods(["GET", "HEAD"])
def my_sign_in(request: HttpRequest) -> HttpResponse:
    """What belongs to one's own sign-in."""
    assert isinstance(request.user, User)
    context = {
        "second_factor": second_factor.is_set_up(request.user),
        "second_factor_needed": is_needed(request.user),
        "sessions": Session.browsers_of(request.user.id),
    }
    return render(request, "accounts/my_sign_in.html", context)


@require_POST
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """Nobody is signed in as this person any more, in any browser."""
    assert isinstance(request.user, User)
    with transaction.atomic():
        Session.end([request.user.id])
    logout(request)
    messages.success(request, _("You are signed out everywhere."))
    return redirect("home")
