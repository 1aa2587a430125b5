"""The addresses of signing in and out."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from accounts.screens.forms import SignInForm

sign_in = LoginView.as_view(template_name="registration/sign_in.html", authentication_form=SignInForm)

app_name = "accounts"
urlpatterns = [
    path("sign-in/", sign_in, name="sign_in"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
]
