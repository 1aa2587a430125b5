"""The addresses of one's own sign-in and one's own data. What the library has beside these is not reachable."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts.screens import kept, my_data, signing_in

app_name = "accounts"
urlpatterns = [
    path("sign-in/", signing_in.SignIn.as_view(), name="sign_in"),
    path("sign-out/", login_not_required(LogoutView.as_view()), name="sign_out"),
    path("my-sign-in/", signing_in.my_sign_in, name="my_sign_in"),
    path("my-sign-in/sign-out-everywhere/", signing_in.sign_out_everywhere, name="sign_out_everywhere"),
    path("my-sign-in/go-on/", kept.go_on, name="go_on"),
    path("my-data/", my_data.my_data, name="my_data"),
    path("my-data/file/", my_data.my_data_file, name="my_data_file"),
    path("my-data/contact-details/", my_data.change_contact_details, name="change_contact_details"),
    path("my-data/keep-email/", my_data.keep_email, name="keep_email"),
    path("my-data/addresses/add/", my_data.add_delivery_address, name="add_delivery_address"),
    path(
        "my-data/addresses/<uuid:address_id>/remove/", my_data.remove_delivery_address, name="remove_delivery_address"
    ),
    path("my-data/erase/", my_data.erase_my_data, name="erase_my_data"),
]
