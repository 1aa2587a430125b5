"""The sandboxes of the demo: where each of them is, and what the shop has to know to be connected to it."""

import secrets
from pathlib import Path
from typing import NamedTuple

from config.sandbox.given import Given, command, environment
from config.services.ports import fault_of_port, free_port

SECONDS_A_MOVE = 60.0  # from one station of a parcel to the next, where no trade moves it


class Neighbour(NamedTuple):
    """A sandbox that is to run beside the shop: its name, its command line and environment, and where its page is."""

    name: str
    log: str
    command: list[str]
    environment: dict[str, str]
    address: str
    known_as: dict[str, str]


def carrier(data: Path, shop: str, port: int, *, moves: bool) -> Neighbour:
    """The carrier's, which calls the shop back. Its parcels move by themselves, or are moved by others."""
    address, port = stand(port)
    given = Given(
        ledger=data / "carrier.sqlite",
        address=address,
        api_key=f"EZTK{secrets.token_hex(16)}",
        webhook_secret=secrets.token_hex(32),
        calls=f"{shop}webhooks/carrier/",
        seconds_a_move=SECONDS_A_MOVE if moves else 0.0,
    )
    known_as = {
        "CARRIER_API_KEY": given.api_key,
        "CARRIER_API_URL": f"{address}/v2",
        "CARRIER_WEBHOOK_SECRET": given.webhook_secret,
        "CARRIER_SENDER": "Kettle & Spade; Am Markt 1; 07743; Jena; DE",
    }
    return Neighbour("carrier's sandbox", "carrier", command("carrier", port), environment(given), address, known_as)


def payment_provider(data: Path, shop: str, port: int) -> Neighbour:
    """The payment provider's, which calls the shop back. The owners of its cards act by themselves."""
    address, port = stand(port)
    given = Given(
        ledger=data / "payment_provider.sqlite",
        address=address,
        api_key=f"sk_test_{secrets.token_hex(16)}",
        webhook_secret=f"whsec_{secrets.token_hex(32)}",
        calls=f"{shop}webhooks/payment_provider/",
        seconds_a_move=1.0,
    )
    known_as = {
        "PAYMENT_PROVIDER_API_KEY": given.api_key,
        "PAYMENT_PROVIDER_API_URL": address,
        "PAYMENT_PROVIDER_WEBHOOK_SECRET": given.webhook_secret,
    }
    run = command("payment_provider", port)
    return Neighbour("payment provider's sandbox", "payment-provider", run, environment(given), address, known_as)


def stand(port: int) -> tuple[str, int]:
    """The address of a sandbox, at this port if it is free."""
    port = port if not fault_of_port(port) else free_port()
    return f"http://127.0.0.1:{port}", port
