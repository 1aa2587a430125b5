"""The commands and events of refunds."""

# mypy: disallow-untyped-calls=False
# (factory-boy's declarations carry no annotations)

from factory.base import Factory
from factory.declarations import LazyFunction, SubFactory
from uuid_utils.compat import uuid7

from orders.domain import payment
from tests.factories.product import Money


class RefundPayment(Factory[payment.RefundPayment]):
    class Meta:
        model = payment.RefundPayment

    order_id = LazyFunction(uuid7)
    refund_id = LazyFunction(uuid7)
    amount = SubFactory(Money)
    reason = "It is not needed any more."


class GrantGoodwillRefund(Factory[payment.GrantGoodwillRefund]):
    class Meta:
        model = payment.GrantGoodwillRefund

    order_id = LazyFunction(uuid7)
    refund_id = LazyFunction(uuid7)
    amount = SubFactory(Money, cents=6000)
    reason = "It is not needed any more."
    granted_by = "sofia"


class ApproveRefund(Factory[payment.ApproveRefund]):
    class Meta:
        model = payment.ApproveRefund

    order_id = LazyFunction(uuid7)
    refund_id = LazyFunction(uuid7)
    approved_by = "felix"


class RejectRefund(Factory[payment.RejectRefund]):
    class Meta:
        model = payment.RejectRefund

    order_id = LazyFunction(uuid7)
    refund_id = LazyFunction(uuid7)
    reason = "It is not needed any more."


class RecordRefund(Factory[payment.RecordRefund]):
    class Meta:
        model = payment.RecordRefund

    order_id = LazyFunction(uuid7)
    refund_id = LazyFunction(uuid7)
    attempt = 1
    amount = SubFactory(Money)
    reference = "pi_3Q7x"


class RecordRefundFailure(Factory[payment.RecordRefundFailure]):
    class Meta:
        model = payment.RecordRefundFailure

    order_id = LazyFunction(uuid7)
    refund_id = LazyFunction(uuid7)
    attempt = 1
    reason = "The account is closed."


class TransferRefund(Factory[payment.TransferRefund]):
    class Meta:
        model = payment.TransferRefund

    order_id = LazyFunction(uuid7)
    refund_id = LazyFunction(uuid7)
    reference = "DE-778"


class RetryRefund(Factory[payment.RetryRefund]):
    class Meta:
        model = payment.RetryRefund

    order_id = LazyFunction(uuid7)
    refund_id = LazyFunction(uuid7)
    attempt = 1


class WriteOffRefund(Factory[payment.WriteOffRefund]):
    class Meta:
        model = payment.WriteOffRefund

    order_id = LazyFunction(uuid7)
    refund_id = LazyFunction(uuid7)
    reason = "It is not needed any more."


class RefundProposed(Factory[payment.RefundProposed]):
    class Meta:
        model = payment.RefundProposed

    order_id = LazyFunction(uuid7)
    refund_id = LazyFunction(uuid7)
    amount = SubFactory(Money, cents=6000)
    reason = "It is not needed any more."
    proposed_by = "sofia"


class RefundApproved(Factory[payment.RefundApproved]):
    class Meta:
        model = payment.RefundApproved

    order_id = LazyFunction(uuid7)
    refund_id = LazyFunction(uuid7)
    approved_by = "felix"


class RefundRejected(Factory[payment.RefundRejected]):
    class Meta:
        model = payment.RefundRejected

    order_id = LazyFunction(uuid7)
    refund_id = LazyFunction(uuid7)
    reason = "It is not needed any more."


class RefundRequested(Factory[payment.RefundRequested]):
    class Meta:
        model = payment.RefundRequested

    order_id = LazyFunction(uuid7)
    refund_id = LazyFunction(uuid7)
    attempt = 1
    amount = SubFactory(Money)
    reason = "It is not needed any more."


class NothingLeftToRefund(Factory[payment.NothingLeftToRefund]):
    class Meta:
        model = payment.NothingLeftToRefund

    order_id = LazyFunction(uuid7)
    refund_id = LazyFunction(uuid7)
    reason = "It is not needed any more."


class PaymentRefunded(Factory[payment.PaymentRefunded]):
    class Meta:
        model = payment.PaymentRefunded

    order_id = LazyFunction(uuid7)
    refund_id = LazyFunction(uuid7)
    attempt = 1
    amount = SubFactory(Money)
    reference = "pi_3Q7x"


class RefundFailed(Factory[payment.RefundFailed]):
    class Meta:
        model = payment.RefundFailed

    order_id = LazyFunction(uuid7)
    refund_id = LazyFunction(uuid7)
    attempt = 1
    amount = SubFactory(Money)
    reason = "The account is closed."


class RefundWrittenOff(Factory[payment.RefundWrittenOff]):
    class Meta:
        model = payment.RefundWrittenOff

    order_id = LazyFunction(uuid7)
    refund_id = LazyFunction(uuid7)
    amount = SubFactory(Money)
    reason = "It is not needed any more."
