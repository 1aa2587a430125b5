"""The steps of signing in, under the names by which django-allauth leads from one to the next."""

from django.urls import path, re_path

from accounts.screens import codes, signing_in

urlpatterns = [
    path("sign-in/", signing_in.SignIn.as_view(), name="account_login"),
    path("sign-in/", signing_in.SignIn.as_view(), name="account_inactive"),
    path("sign-in/code/", codes.EnterCode.as_view(), name="mfa_authenticate"),
    path("sign-up/", signing_in.SignUp.as_view(), name="account_signup"),
    path("sign-up/check-your-mail/", signing_in.CheckYourMail.as_view(), name="account_email_verification_sent"),
    path("sign-up/confirm/<str:key>/", signing_in.ConfirmEmail.as_view(), name="account_confirm_email"),
    path("forgotten-password/", signing_in.ForgottenPassword.as_view(), name="account_reset_password"),
    path("forgotten-password/sent/", signing_in.LetterSent.as_view(), name="account_reset_password_done"),
    # The library makes the link by putting both where these two stand with a hyphen between them.
    re_path(
        r"^forgotten-password/by-letter/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        signing_in.NewPassword.as_view(),
        name="account_reset_password_from_key",
    ),
    path("forgotten-password/set/", signing_in.PasswordChanged.as_view(), name="account_reset_password_from_key_done"),
    path("my-sign-in/", signing_in.my_sign_in, name="mfa_index"),
    path("my-sign-in/password/", signing_in.ChangePassword.as_view(), name="account_change_password"),
    path("my-sign-in/confirm/", signing_in.ConfirmItIsYou.as_view(), name="account_reauthenticate"),
    path("my-sign-in/confirm/code/", codes.ConfirmByCode.as_view(), name="mfa_reauthenticate"),
    path("my-sign-in/codes/set-up/", codes.SetUpCodes.as_view(), name="mfa_activate_totp"),
    path("my-sign-in/codes/give-up/", codes.GiveUpCodes.as_view(), name="mfa_deactivate_totp"),
    path("my-sign-in/recovery-codes/", codes.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path("my-sign-in/recovery-codes/new/", codes.NewRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"),
]
