"""Looks at every page of the shop once, as one of those sees it who may."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.roles import CUSTOMER, ROLES
from accounts.models import User
from eventstore.messages import OWNER
from tests.addresses import IN_TURN, NOBODY, addresses
from tests.orders.done import Answered, answered
from tests.shop import browsing, somebody

ENDS_THE_SESSION = "accounts:sign_out"


def visits(customer: User, values: dict[str, Any]) -> dict[str, Answered]:
    """Every page of which these values, a customer's, make the address; whose work it is, looks rather than others."""
    clients = {role: browsing(somebody(role, f"Any {role}")) for role in sorted(ROLES - {CUSTOMER})}
    clients |= {CUSTOMER: browsing(customer), NOBODY: browsing(None)}
    order = sorted(clients, key=["admin", NOBODY].count)
    found = {}
    for address in addresses():
        who = {CUSTOMER if each == OWNER else each for each in address.who or ()}
        role = next((role for role in order if role in who), None)
        if role is None or not address.arguments <= values.keys() or address.name in {*IN_TURN, ENDS_THE_SESSION}:
            continue
        with CaptureQueriesContext(connection) as asked:
            response = clients[role].get(address.path(values))
        if response.status_code == 200 and response.headers["Content-Type"].startswith("text/html"):
            found[address.name] = answered(response, len(asked))
    return found
