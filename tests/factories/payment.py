"""The commands and events of payments by card."""

# mypy: disallow-untyped-calls=False
# (factory-boy's declarations carry no annotations)

from datetime import timedelta

from factory.base import Factory
from factory.declarations import LazyFunction, SubFactory
from uuid_utils.compat import uuid7

from orders.domain import payment
from orders.domain.payment import AuthorizationRequest
from tests.factories.facts import NOON
from tests.factories.product import Money


class RequestPayment(Factory[payment.RequestPayment]):
    class Meta:
        model = payment.RequestPayment

    order_id = LazyFunction(uuid7)
    attempt = 1
    amount = SubFactory(Money)


class PayWithAnotherCard(Factory[payment.PayWithAnotherCard]):
    class Meta:
        model = payment.PayWithAnotherCard

    order_id = LazyFunction(uuid7)
    customer_id = LazyFunction(uuid7)
    card = "pm_card_mastercard"
    price = SubFactory(Money)


class RecordAuthorization(Factory[payment.RecordAuthorization]):
    class Meta:
        model = payment.RecordAuthorization

    order_id = LazyFunction(uuid7)
    attempt = 1
    amount = SubFactory(Money)
    expires_at = NOON + timedelta(days=7)
    reference = "pi_3Q7x"


class RecordDecline(Factory[payment.RecordDecline]):
    class Meta:
        model = payment.RecordDecline

    order_id = LazyFunction(uuid7)
    attempt = 1
    reason = "The card was declined."


class ExpireAuthorization(Factory[payment.ExpireAuthorization]):
    class Meta:
        model = payment.ExpireAuthorization

    order_id = LazyFunction(uuid7)
    attempt = 1


class VoidAuthorization(Factory[payment.VoidAuthorization]):
    class Meta:
        model = payment.VoidAuthorization

    order_id = LazyFunction(uuid7)
    attempt = 1


class CapturePayment(Factory[payment.CapturePayment]):
    class Meta:
        model = payment.CapturePayment

    order_id = LazyFunction(uuid7)
    shipment_id = LazyFunction(uuid7)
    amount = SubFactory(Money)


class RecordCapture(Factory[payment.RecordCapture]):
    class Meta:
        model = payment.RecordCapture

    order_id = LazyFunction(uuid7)
    shipment_id = LazyFunction(uuid7)
    attempt = 1
    amount = SubFactory(Money)
    reference = "pi_3Q7x"


class RecordCaptureFailure(Factory[payment.RecordCaptureFailure]):
    class Meta:
        model = payment.RecordCaptureFailure

    order_id = LazyFunction(uuid7)
    shipment_id = LazyFunction(uuid7)
    attempt = 1
    reason = "The card has expired."


class RetryCapture(Factory[payment.RetryCapture]):
    class Meta:
        model = payment.RetryCapture

    order_id = LazyFunction(uuid7)
    shipment_id = LazyFunction(uuid7)
    attempt = 1


class WriteOffCapture(Factory[payment.WriteOffCapture]):
    class Meta:
        model = payment.WriteOffCapture

    order_id = LazyFunction(uuid7)
    shipment_id = LazyFunction(uuid7)
    reason = "It is not needed any more."


class RecordUnknownOutcome(Factory[payment.RecordUnknownOutcome]):
    class Meta:
        model = payment.RecordUnknownOutcome

    order_id = LazyFunction(uuid7)
    request = AuthorizationRequest(attempt=1)


class PaymentRequested(Factory[payment.PaymentRequested]):
    class Meta:
        model = payment.PaymentRequested

    order_id = LazyFunction(uuid7)
    attempt = 1
    amount = SubFactory(Money)


class CardReplaced(Factory[payment.CardReplaced]):
    class Meta:
        model = payment.CardReplaced

    order_id = LazyFunction(uuid7)
    card = "pm_card_mastercard"
    attempt = 2


class PaymentAuthorized(Factory[payment.PaymentAuthorized]):
    class Meta:
        model = payment.PaymentAuthorized

    order_id = LazyFunction(uuid7)
    attempt = 1
    amount = SubFactory(Money)
    expires_at = NOON + timedelta(days=7)
    reference = "pi_3Q7x"


class PaymentDeclined(Factory[payment.PaymentDeclined]):
    class Meta:
        model = payment.PaymentDeclined

    order_id = LazyFunction(uuid7)
    attempt = 1
    amount = SubFactory(Money)
    reason = "The card was declined."


class AuthorizationExpired(Factory[payment.AuthorizationExpired]):
    class Meta:
        model = payment.AuthorizationExpired

    order_id = LazyFunction(uuid7)
    attempt = 1
    amount = SubFactory(Money)


class AuthorizationVoided(Factory[payment.AuthorizationVoided]):
    class Meta:
        model = payment.AuthorizationVoided

    order_id = LazyFunction(uuid7)
    attempt = 1
    amount = SubFactory(Money)


class CaptureRequested(Factory[payment.CaptureRequested]):
    class Meta:
        model = payment.CaptureRequested

    order_id = LazyFunction(uuid7)
    shipment_id = LazyFunction(uuid7)
    authorization = 1
    attempt = 1
    amount = SubFactory(Money)


class PaymentCaptured(Factory[payment.PaymentCaptured]):
    class Meta:
        model = payment.PaymentCaptured

    order_id = LazyFunction(uuid7)
    shipment_id = LazyFunction(uuid7)
    attempt = 1
    amount = SubFactory(Money)
    reference = "pi_3Q7x"


class CaptureFailed(Factory[payment.CaptureFailed]):
    class Meta:
        model = payment.CaptureFailed

    order_id = LazyFunction(uuid7)
    shipment_id = LazyFunction(uuid7)
    attempt = 1
    amount = SubFactory(Money)
    reason = "The card has expired."


class CaptureWrittenOff(Factory[payment.CaptureWrittenOff]):
    class Meta:
        model = payment.CaptureWrittenOff

    order_id = LazyFunction(uuid7)
    shipment_id = LazyFunction(uuid7)
    amount = SubFactory(Money)
    reason = "It is not needed any more."


class PaymentOutcomeUnknown(Factory[payment.PaymentOutcomeUnknown]):
    class Meta:
        model = payment.PaymentOutcomeUnknown

    order_id = LazyFunction(uuid7)
    request = AuthorizationRequest(attempt=1)


class LatePaymentReceived(Factory[payment.LatePaymentReceived]):
    class Meta:
        model = payment.LatePaymentReceived

    order_id = LazyFunction(uuid7)
    request = AuthorizationRequest(attempt=1)
    amount = SubFactory(Money)
    reference = "pi_3Q7x"
