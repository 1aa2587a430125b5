"""The addresses at which other systems write to us, and what they have given us can be seen."""

from django.urls import path

from orders.systems.carrier.print_label import print_label
from orders.systems.mail.sent import sent_email, sent_emails
from orders.systems.webhooks import webhook

app_name = "systems"
urlpatterns = [
    path("webhooks/<slug:system>/", webhook, name="webhook"),
    path("e-mails/", sent_emails, name="sent_emails"),
    path("e-mails/<uuid:email_id>/", sent_email, name="sent_email"),
    path("shipments/<uuid:shipment_id>/label/", print_label, name="print_label"),
]
