"""The carrier's van, in the demo: parcels of the sandbox are moved as the trade has it, and the shop hears of that."""

import logging
import random
from collections.abc import Iterator
from datetime import datetime, timedelta

import requests
from django.conf import settings

from accounts.domain import roles
from config.simulation.plans import Make, Plan, days
from config.simulation.scene import Scene
from eventstore.messages import Event
from orders.domain import shipment

SECONDS = 5

logger = logging.getLogger(__name__)


def drives() -> bool:
    """Whether the shop is connected to a carrier: then labels and news of parcels come from there, and only there."""
    return bool(settings.ENV["CARRIER_API_KEY"])


def driving(event: Event, chance: random.Random) -> Iterator[Plan]:
    """Nearly every parcel is delivered."""
    match event:
        case shipment.ShipmentDispatched(tracking_number=number) if chance.random() < 0.01:
            yield Plan(days(chance, 8, 12), roles.CARRIER, scanning(number, "failure"))
        case shipment.ShipmentDispatched(tracking_number=number):
            yield Plan(days(chance, 0.8, 3), roles.CARRIER, scanning(number, "delivered"))
        case _:
            pass


def scanning(number: str, status: str) -> Make:
    """Somebody at the carrier's who scans a parcel; an hour later once more where that does not work."""
    address = settings.ENV["CARRIER_API_URL"].removesuffix("/v2")

    def make(_scene: Scene, now: datetime) -> timedelta | None:
        fields = {"tracking_code": number, "status": status, "at": now.strftime("%Y-%m-%dT%H:%M:%SZ")}
        try:
            answer = requests.post(f"{address}/sandbox/scan", fields, timeout=SECONDS, allow_redirects=False)
        except requests.RequestException as error:
            logger.warning("The carrier's sandbox cannot be reached (%s).", type(error).__name__)
            return timedelta(hours=1)
        return None if answer.status_code == 303 else timedelta(hours=1)

    return make
