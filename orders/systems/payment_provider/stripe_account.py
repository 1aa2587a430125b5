"""Stripe, through its own library: PaymentIntents that are captured by hand, and refunds."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import UUID

import stripe
from requests.exceptions import ConnectionError as ConnectionFailed
from requests.exceptions import ConnectTimeout
from urllib3.exceptions import NewConnectionError

from eventstore.effects import NotSent, Unanswered
from orders.domain.money import Money
from orders.systems.payment_provider.port import A_PAGE, Back, Intent, Made, Refund, Share, Totals
from orders.systems.payment_provider.stripe_shapes import (
    intent_of,
    is_ours,
    made_of,
    mark_of,
    payment_method,
    refund_of,
)

SECONDS_TO_CONNECT = 3.0
NOT_CAPTURABLE = "Nothing is held on the card any more."


class Account(NamedTuple):
    """Where Stripe is, as whom we ask it, and how many seconds it has to answer in."""

    address: str
    api_key: str
    seconds: float = 15.0


@contextmanager
def words() -> Iterator[None]:
    """Stripe's errors in the outbox's words: what surely did not arrive, and what nobody knows."""
    try:
        yield
    except stripe.RateLimitError as error:
        raise NotSent("Stripe has too much to do.") from error
    except stripe.APIConnectionError as error:
        if never_left(error.__cause__):
            raise NotSent("Stripe cannot be reached.") from error
        raise Unanswered("Stripe has not answered.") from error
    except (stripe.APIError, stripe.IdempotencyError) as error:
        raise Unanswered(f"Stripe answers with an error of its own: {error.http_status}.") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unanswered("Stripe has answered with something that is no answer.") from error


class Stripe:
    """A payment provider. Nothing is tried again here: that is the outbox's, which asks first what became of it."""

    def __init__(self, account: Account) -> None:
        api = client(account).v1
        self.intents_api: Any = api.payment_intents
        self.refunds_api: Any = api.refunds

    def hold(self, order_id: UUID, attempt: int, amount: Money, card: str, key: str) -> Intent:
        """A PaymentIntent that is confirmed at once and captured later; or the words with which it was declined."""
        metadata = {"order_id": str(order_id), "attempt": str(attempt), "key": key}
        asked: dict[str, Any] = self.charge(amount, card, metadata) | {"capture_method": "manual"}
        asked["payment_method_options"] = {"card": {"request_multicapture": "if_available"}}
        if attempt > 1:
            asked["off_session"] = True
        return self.confirmed(asked, key)

    @words()
    def intents(self, order_id: UUID) -> Sequence[Intent]:
        """What Stripe's search finds that is ours; it lags behind by up to a minute."""
        found = [each.to_dict() for each in self.search(f"metadata['order_id']:'{order_id}'")]
        return [intent_of(each) for each in found if is_ours(each, "order_id")]

    @words()
    def made_with(self, key: str) -> Intent | None:
        """Found by the key that we have put into its metadata. What the search misses, the idempotency key does not."""
        return next((intent_of(each.to_dict()) for each in self.search(f"metadata['key']:'{key}'")), None)

    def release(self, intent: str, key: str) -> None:
        """Cancelled, as far as it is not captured; where that is no longer possible, nothing is held either."""
        with words(), accepting("payment_intent_unexpected_state"):
            self.intents_api.cancel(intent, {"cancellation_reason": "abandoned"}, {"idempotency_key": key})

    @words()
    def take(self, intent: str, share: Share, key: str) -> Intent | str:
        """A capture; where the account has no multicapture, each share after the first is a charge of its own."""
        found = self.retrieve(intent)
        known = intent_of(found.to_dict())
        if share.shipment_id in known.shares and known.shares[share.shipment_id][0] == share.attempt:
            return known
        if found.status == "requires_capture":
            return self.capture(found, share, key)
        if found.status == "succeeded":
            return self.charge_anew(found, share, key)
        return NOT_CAPTURABLE

    @words()
    def taken(self, intent: str, share: Share, key: str) -> Intent | None:
        """The intent itself, where it is marked with the share; or the one that was made for the share."""
        known = intent_of(self.retrieve(intent).to_dict())
        if known.shares.get(share.shipment_id, (0, None))[0] == share.attempt:
            return known
        return self.made_with(key)

    @words()
    def give_back(self, intent: str, back: Back, key: str) -> Refund:
        """A refund; what Stripe says no to has failed."""
        metadata = {
            "order_id": str(back.order_id),
            "refund_id": str(back.refund_id),
            "attempt": str(back.attempt),
            "whole": f"{back.whole.cents}",
        }
        asked: Any = {"payment_intent": intent, "amount": back.amount.cents, "metadata": metadata}
        try:
            return refund_of(self.refunds_api.create(asked, {"idempotency_key": key}).to_dict())
        except stripe.InvalidRequestError as no:
            return Refund(id="", standing="failed", reason=no.user_message or str(no), **back._asdict())

    @words()
    def refunds(self, intent: str) -> Sequence[Refund]:
        """All refunds of an intent that are ours."""
        page = self.refunds_api.list({"payment_intent": intent, "limit": 100})
        found = [each.to_dict() for each in page.auto_paging_iter()]
        return [refund_of(each) for each in found if is_ours(each, "refund_id")]

    @words()
    def made(self, since: int, until: int) -> Sequence[Made]:
        """A page of the list of all PaymentIntents, the newest first."""
        page = self.intents_api.list({"created": {"gte": since, "lte": until}, "limit": A_PAGE})
        found = [each.to_dict() for each in page.data]
        return [made_of(each) for each in found]

    @words()
    def totals(self, order_id: UUID) -> Totals:
        """What all intents of an order that the search finds have received, and all refunds of them."""
        taken = back = 0
        for each in self.search(f"metadata['order_id']:'{order_id}'"):
            taken += each.amount_received
            refunds = self.refunds_api.list({"payment_intent": each.id, "limit": 100})
            back += sum(refund.amount for refund in refunds.auto_paging_iter() if refund.status == "succeeded")
        return Totals(Money(cents=taken), Money(cents=back))

    def retrieve(self, intent: str) -> stripe.PaymentIntent:
        """An intent as it is now."""
        with words():
            found: stripe.PaymentIntent = self.intents_api.retrieve(intent, {"expand": ["latest_charge"]})
            return found

    def capture(self, found: stripe.PaymentIntent, share: Share, key: str) -> Intent | str:
        """A share of what is held is captured; the rest stays held where Stripe lets it."""
        asked: Any = {
            "amount_to_capture": share.amount.cents,
            "metadata": {mark_of(share.shipment_id): f"{share.attempt}:{share.amount.cents}"},
            "expand": ["latest_charge"],
        }
        if has_multicapture(found):
            asked["final_capture"] = found.amount_capturable == share.amount.cents
        try:
            with words():
                return intent_of(self.intents_api.capture(found.id, asked, {"idempotency_key": key}).to_dict())
        except (stripe.InvalidRequestError, stripe.CardError) as no:
            return no.user_message or str(no)

    def charge_anew(self, found: stripe.PaymentIntent, share: Share, key: str) -> Intent | str:
        """The substitute for a further capture: the same card is charged for this share, without the customer."""
        metadata = {
            "order_id": str(share.order_id),
            "attempt": str(share.attempt),
            "shipment_id": str(share.shipment_id),
            "key": key,
        }
        customer = f"{found.customer}:" if found.customer else ""
        asked = self.charge(share.amount, f"{customer}{found.payment_method}", metadata) | {"off_session": True}
        made = self.confirmed(asked, key)
        return made.reason if made.standing == "declined" else made

    def charge(self, amount: Money, card: str, metadata: dict[str, str]) -> dict[str, Any]:
        """What all intents have in common."""
        return {
            "amount": amount.cents,
            "currency": amount.currency.lower(),
            "confirm": True,
            "metadata": metadata,
            "allowed_payment_method_types": ["card"],
            "expand": ["latest_charge"],
            **payment_method(card),
        }

    @words()
    def confirmed(self, asked: dict[str, Any], key: str) -> Intent:
        """An intent that was made and confirmed. A declined one is in Stripe's error."""
        params: Any = asked
        try:
            return intent_of(self.intents_api.create(params, {"idempotency_key": key}).to_dict())
        except stripe.CardError as no:
            body: Any = no.json_body
            return intent_of(body["error"]["payment_intent"])

    def search(self, query: str) -> Iterator[stripe.PaymentIntent]:
        """What Stripe's search finds."""
        with words():
            page = self.intents_api.search({"query": query, "limit": 100, "expand": ["data.latest_charge"]})
            yield from page.auto_paging_iter()


def client(account: Account) -> stripe.StripeClient:
    """Stripe's own client, which waits for as long as the account says and tries nothing again."""
    return stripe.StripeClient(
        account.api_key,
        base_addresses={"api": account.address},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=(SECONDS_TO_CONNECT, account.seconds)),
    )


def has_multicapture(found: stripe.PaymentIntent) -> bool:
    """Whether Stripe allows several captures of what is held."""
    charge = found.latest_charge
    details = charge.payment_method_details if isinstance(charge, stripe.Charge) else None
    multicapture = details.card.multicapture if details and details.card else None
    return multicapture is not None and multicapture.status == "available"


def never_left(cause: BaseException | None) -> bool:
    """Whether there was no connection over which anything could have been sent."""
    if isinstance(cause, ConnectTimeout):
        return True
    reason = getattr(cause.args[0], "reason", None) if isinstance(cause, ConnectionFailed) and cause.args else None
    return isinstance(reason, NewConnectionError)


@contextmanager
def accepting(code: str) -> Iterator[None]:
    """That Stripe says no with this code is fine."""
    try:
        yield
    except stripe.InvalidRequestError as no:
        if no.code != code:
            raise
