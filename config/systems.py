"""The other systems that this installation is connected to."""

from django.conf import settings

from eventstore.effects import System
from orders.systems.payment_provider.border import PaymentBorder
from orders.systems.payment_provider.stripe_account import Account as StripeAccount
from orders.systems.payment_provider.stripe_account import Stripe

ENV = settings.ENV
SYSTEMS: list[System] = []

if ENV["PAYMENT_PROVIDER_API_KEY"]:
    stripe_account = StripeAccount(
        ENV["PAYMENT_PROVIDER_API_URL"], ENV["PAYMENT_PROVIDER_API_KEY"], ENV["PAYMENT_PROVIDER_SECONDS"]
    )
    SYSTEMS.append(PaymentBorder(Stripe(stripe_account)))
