"""The web application of the carrier's sandbox, as its environment says; granian starts it."""

from config.sandbox.carrier.provider import Carrier
from config.sandbox.frame import Sandbox
from config.sandbox.given import Given
from config.sandbox.ledger import Ledger

GIVEN = Given.from_environment()

carrier = Carrier(GIVEN.api_key, GIVEN.webhook_secret, GIVEN.address)
application = Sandbox(carrier, Ledger(GIVEN.ledger, carrier.schema), calls=GIVEN.calls, silence=GIVEN.silence)
application.every(GIVEN.seconds_a_move, carrier.move_along)
