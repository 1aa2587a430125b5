"""The other systems that this installation is connected to: those that it asks, and those that write to it."""

from django.conf import settings

from accounts.domain.address import Address
from eventstore.effects import System
from eventstore.inbox import Sender
from orders.systems.carrier.border import CarrierBorder
from orders.systems.carrier.easypost import Account as EasyPostAccount
from orders.systems.carrier.easypost import EasyPost
from orders.systems.carrier.letters import CarrierLetters
from orders.systems.mail.border import MailBorder
from orders.systems.payment_provider.border import PaymentBorder
from orders.systems.payment_provider.letters import PaymentLetters
from orders.systems.payment_provider.stripe_account import Account as StripeAccount
from orders.systems.payment_provider.stripe_account import Stripe
from orders.systems.payment_provider.stripe_checkout import Checkout

ENV = settings.ENV
SYSTEMS: list[System] = []
SENDERS: list[Sender] = []

if ENV["PAYMENT_PROVIDER_API_KEY"]:
    stripe_account = StripeAccount(
        ENV["PAYMENT_PROVIDER_API_URL"], ENV["PAYMENT_PROVIDER_API_KEY"], ENV["PAYMENT_PROVIDER_SECONDS"]
    )
    SYSTEMS.append(PaymentBorder(Stripe(stripe_account), Checkout(stripe_account)))
    SENDERS.append(PaymentLetters(ENV["PAYMENT_PROVIDER_WEBHOOK_SECRET"]))

if ENV["TELLS_CUSTOMERS"]:
    SYSTEMS.append(MailBorder())

if ENV["CARRIER_API_KEY"]:
    sender = Address(**ENV["CARRIER_SENDER"]._asdict())
    easypost_account = EasyPostAccount(ENV["CARRIER_API_URL"], ENV["CARRIER_API_KEY"], sender)
    SYSTEMS.append(CarrierBorder(EasyPost(easypost_account)))
    SENDERS.append(CarrierLetters(ENV["CARRIER_WEBHOOK_SECRET"]))
