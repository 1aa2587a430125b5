"""The addresses of the shop's screens: each a task, named by its verb, and listed by who does it."""

from django.urls import include, path

from orders.screens import as_of, order, queue

app_name = "orders"
urlpatterns = [
    path("", include("orders.screens.customer.urls")),
    path("", include("orders.screens.customer_service.urls")),
    path("", include("orders.screens.finance.urls")),
    path("", include("orders.screens.warehouse.urls")),
    path("", include("orders.screens.operations.urls")),
    path("orders/<uuid:order_id>/", order.order, name="order"),
    path("orders/<uuid:order_id>/as-of/<int:position>/", as_of.order_as_of, name="order_as_of"),
    path("work/", queue.what_needs_doing, name="what_needs_doing"),
    path("work/<str:work>/take/", queue.take, name="take_work"),
    path("work/<str:work>/give-back/", queue.give_back, name="give_back_work"),
]
