"""The addresses of the shop."""

from django.contrib import admin
from django.urls import include, path

from accounts.screens.language import choose_language
from config.health import health, metrics, projections_health, systems_health
from orders.screens.customer.shopping import home

urlpatterns = [
    path("", home, name="home"),
    path("", include("orders.screens.urls")),
    path("", include("accounts.screens.urls")),
    path("", include("orders.systems.partners.urls")),
    path("", include("orders.systems.urls")),
    path("", include("accounts.screens.library_urls")),
    path("language/", choose_language, name="set_language"),
    path("health/", health, name="health"),
    path("health/projections/", projections_health, name="projections_health"),
    path("health/systems/", systems_health, name="systems_health"),
    path("metrics/", metrics, name="metrics"),
    path("admin/", admin.site.urls),
]

handler500 = "config.faults.fault"
