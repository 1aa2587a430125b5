"""The second factor on its pages: a code from an app, and recovery codes for when the app is gone."""

from typing import Any

from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from accounts.models import Session, User
from accounts.screens import forms, second_factor
from accounts.screens.signing_in import Asked


class EnterCode(base.AuthenticateView):
    """After the password: the code."""

    template_name = "accounts/enter_code.html"
    form_class = forms.EnterCodeForm

    def form_invalid(self, form: Any) -> Any:
        """The page once more, with what is wrong."""
        return self.render_to_response(self.get_context_data() | {"form": form}, status=422)


class ConfirmByCode(Asked, base.ReauthenticateView):
    """The code once more, before something that a stranger at an open screen must not do."""

    template_name = "accounts/confirm_by_code.html"
    form_class = forms.ConfirmCodeForm


class SetUpCodes(Asked, totp.ActivateTOTPView):
    """The secret goes into the app, and a first code comes back."""

    template_name = "accounts/set_up_codes.html"
    form_class = forms.SetUpCodesForm

    @transaction.atomic
    def dispatch(self, request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponseBase:
        """Whoever has set them up, be it by a first click a moment ago, is led to what comes next."""
        assert isinstance(request.user, User)
        if request.method == "POST":
            second_factor.wait_for(request.user)
        if second_factor.is_set_up(request.user):
            return redirect("mfa_view_recovery_codes")
        answer: HttpResponseBase = super().dispatch(request, *arguments, **options)
        return answer

    def get_context_data(self, **options: Any) -> Any:
        """The picture for the app, drawn by the server, and the secret to type where there is no camera."""
        context = super().get_context_data(**options)
        secret = context["form"].secret
        drawing = context["totp_svg"].partition("?>")[2] or context["totp_svg"]
        return (
            context
            | {
                "picture": mark_safe(drawing),  # noqa: S308  # drawn by the library, of nothing that anybody typed
                "secret": " ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
            }
        )

    def form_valid(self, form: Any) -> Any:
        """Set up. Whoever is signed in elsewhere has shown no code, and is signed in no longer."""
        answer = super().form_valid(form)
        Session.end_others(self.request)
        messages.success(self.request, _("You are asked for a code from now on. Elsewhere you are signed out."))
        return answer


class GiveUpCodes(Asked, totp.DeactivateTOTPView):
    """Signing in asks for the password alone from now on; not for those who work here, where a code is needed."""

    template_name = "accounts/give_up_codes.html"

    def form_valid(self, form: Any) -> Any:
        """Given up."""
        messages.success(self.request, _("You are no longer asked for a code."))
        return super().form_valid(form)


class RecoveryCodes(recovery.ViewRecoveryCodesView):
    """The codes, to be printed or written down."""

    template_name = "accounts/recovery_codes.html"

    @transaction.atomic
    def get(self, request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponse:
        """The page; where they cannot be opened, on to the one that makes others."""
        assert isinstance(request.user, User)
        second_factor.wait_for(request.user)  # or others are made before it is noted that these were seen
        try:
            return super().get(request, *arguments, **options)
        except ValidationError as fault:
            messages.error(request, fault.message)
            return redirect("mfa_generate_recovery_codes")


class NewRecoveryCodes(Asked, recovery.GenerateRecoveryCodesView):
    """Other codes in the place of the former ones."""

    template_name = "accounts/new_recovery_codes.html"

    def get_context_data(self, **options: Any) -> Any:
        """Without how many of the former ones are left, which might be such as cannot be opened."""
        return super(recovery.GenerateRecoveryCodesView, self).get_context_data(**options)
