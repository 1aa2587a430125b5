"""The systems of a partner, as they ask over HTTP."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.test import Client
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.domain.partner import SCOPES
from accounts.models import Partner, PartnerToken
from tests.shop import MUG, WHERE_TO

ROOT = "/api/v1/"


class Systems:
    """Systems that bear a token and send JSON. `answer` is what they were told last."""

    def __init__(self, partner: Partner, token: str) -> None:
        self.partner = partner
        self.token = token
        self.client = Client(headers={"Authorization": f"Bearer {token}"})

    def get(self, address: str, **headers: str) -> Any:
        """Look."""
        return self.client.get(self.address(address), headers=headers)

    def post(self, address: str, body: Any, key: str | None = None, **headers: str) -> Any:
        """Have something done, under a new key or this one."""
        sent = body if isinstance(body, str | bytes) else json.dumps(body)
        said = {"Idempotency-Key": key or str(uuid7())} | headers
        return self.client.post(self.address(address), sent, content_type="application/json", headers=said)

    def customer(self, name: str = "Clara Vogel") -> str:
        """A customer of theirs."""
        answer = self.post("customers/", {"name": name, "email": "clara@example.com"})
        assert answer.status_code == 201, answer.content
        return str(answer.json()["customer_id"])

    def place(self, customer_id: str | None = None, key: str | None = None, **other: Any) -> Any:
        """Place an order."""
        return self.post("orders/", new_order(customer_id or self.customer(), **other), key)

    def placed(self) -> UUID:
        """An order of theirs."""
        answer = self.place()
        assert answer.status_code == 201, answer.content
        return UUID(answer.json()["order_id"])

    @staticmethod
    def address(of: str) -> str:
        """Where it is asked for."""
        return of if of.startswith("/") else f"{ROOT}{of}"


def systems_of(name: str, scopes: Iterable[str] = SCOPES, **fields: Any) -> Systems:
    """The systems of a new partner."""
    partner = Partner.objects.create(name=name, requests_per_minute=100_000, **fields)
    return Systems(partner, token_of(partner, scopes))


def token_of(partner: Partner, scopes: Iterable[str] = SCOPES) -> str:
    """One more token of a partner."""
    return PartnerToken.make(partner, "tests", scopes, timezone.now() + timedelta(days=1))[1]


def new_order(customer_id: str, **other: Any) -> dict[str, Any]:
    """Two mugs, to Leipzig."""
    return {
        "customer_id": customer_id,
        "lines": [{"sku": MUG, "quantity": 2, "price": {"cents": 1250}}],
        "delivery_address": WHERE_TO,
        "payment_terms": "on_account",
    } | other
