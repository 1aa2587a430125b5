"""The web application of the payment provider's sandbox, as its environment says; granian starts it."""

from config.sandbox.frame import Sandbox
from config.sandbox.given import Given
from config.sandbox.ledger import Ledger
from config.sandbox.payment_provider.provider import Bank

GIVEN = Given.from_environment()

bank = Bank(GIVEN.api_key, GIVEN.webhook_secret, GIVEN.address)
application = Sandbox(bank, Ledger(GIVEN.ledger, bank.schema), calls=GIVEN.calls, silence=GIVEN.silence)
application.every(GIVEN.seconds_a_move, bank.move_along)
