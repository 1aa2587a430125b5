"""The addresses of the shop."""

from django.contrib import admin
from django.urls import include, path

from config.health import health

urlpatterns = [
    path("", include("orders.screens.urls")),
    path("", include("accounts.screens.urls")),
    path("health/", health, name="health"),
    path("admin/", admin.site.urls),
]
