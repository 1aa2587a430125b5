"""The addresses of the shop, and one at which a POST does nothing at all: what Django and the server take for any."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path


def trivial(request: HttpRequest) -> HttpResponse:
    """Whoever is signed in is led elsewhere."""
    return redirect("/")


urlpatterns = [path("trivial/", trivial), path("", include("config.urls"))]
