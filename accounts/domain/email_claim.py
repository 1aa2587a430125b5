"""E-mail claim: an e-mail address belongs to one customer at a time; each address has a stream of its own.

The address itself never comes here, as the name of a stream can't be erased: `address` is a fingerprint of it, made
with a key, from which nobody can guess it.
"""

from uuid import UUID

from accounts.domain.roles import CUSTOMER_SERVICE, PROCESS
from eventstore.messages import OWNER, Command, Event, Refused, State

TAKEN = "Somebody else uses this e-mail address already."


class ClaimEmail(Command):
    sent_by = frozenset({OWNER, CUSTOMER_SERVICE, PROCESS})

    address: str
    customer_id: UUID


class ReleaseEmail(Command):
    sent_by = frozenset({OWNER, CUSTOMER_SERVICE, PROCESS})

    address: str
    customer_id: UUID


class EmailClaimed(Event):
    address: str
    customer_id: UUID


class EmailReleased(Event):
    address: str
    customer_id: UUID


class Free(State):
    """Nobody's address."""


class Taken(State):
    """The address of a customer."""

    customer_id: UUID


type Message = ClaimEmail | ReleaseEmail
type Happening = EmailClaimed | EmailReleased
type EmailClaim = Free | Taken

initial: EmailClaim = Free()


def decide(command: Message, claim: EmailClaim) -> list[Happening]:
    """What comes of a command."""
    match command:
        case ClaimEmail():
            return take(command, claim)
        case ReleaseEmail():
            return release(command, claim)


def take(command: ClaimEmail, claim: EmailClaim) -> list[Happening]:
    """A customer wants to be reached under this address."""
    match claim:
        case Free():
            return [EmailClaimed(address=command.address, customer_id=command.customer_id)]
        case Taken():
            if claim.customer_id != command.customer_id:
                raise Refused(TAKEN)
            return []


def release(command: ReleaseEmail, claim: EmailClaim) -> list[Happening]:
    """A customer no longer uses this address; somebody else may."""
    match claim:
        case Free():
            return []
        case Taken():
            if claim.customer_id != command.customer_id:
                return []
            return [EmailReleased(address=command.address, customer_id=command.customer_id)]


def evolve(claim: EmailClaim, event: Happening) -> EmailClaim:
    """The claim after an event."""
    match event:
        case EmailClaimed():
            return Taken(customer_id=event.customer_id)
        case EmailReleased():
            return Free()


def owner(command: Message, claim: EmailClaim) -> UUID:
    """Whoever claims or releases an address does so for themself."""
    return command.customer_id
