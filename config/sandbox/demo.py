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
    port = port if not fault_of_port(port) else free_port()
    address = f"http://127.0.0.1:{port}"
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
        "CARRIER_SENDER": "The shop; Am Markt 1; 07743; Jena; DE",
    }
    return Neighbour("carrier's sandbox", "carrier", command("carrier", port), environment(given), address, known_as)
