"""Work: something that needs doing is taken by one person at a time, so that no two do it unawares."""

from uuid import UUID

from accounts.domain.roles import STAFF
from eventstore.messages import Command, Event, Refused, State

LONGEST = 120


class TakeWork(Command):
    sent_by = STAFF

    work: str
    by: UUID


class GiveBackWork(Command):
    sent_by = STAFF

    work: str


class WorkTaken(Event):
    work: str
    by: UUID


class WorkGivenBack(Event):
    work: str


class Free(State):
    """Nobody does it."""


class Taken(State):
    """One person does it."""

    by: UUID


type Message = TakeWork | GiveBackWork
type Happening = WorkTaken | WorkGivenBack
type Work = Free | Taken

initial: Work = Free()


def decide(command: Message, work: Work) -> list[Happening]:
    """What comes of a command."""
    match command:
        case TakeWork():
            return take(command, work)
        case GiveBackWork():
            return give_back(command, work)


def take(command: TakeWork, work: Work) -> list[Happening]:
    """Somebody does it from now on."""
    if not 0 < len(command.work) <= LONGEST:
        raise Refused("There is no such task.")
    match work:
        case Free():
            return [WorkTaken(work=command.work, by=command.by)]
        case Taken(by=by):
            if by != command.by:
                raise Refused("A colleague has taken this a moment ago.")
            return []


def give_back(command: GiveBackWork, work: Work) -> list[Happening]:
    """Whoever comes next may do it."""
    match work:
        case Free():
            return []
        case Taken():
            return [WorkGivenBack(work=command.work)]


def evolve(work: Work, event: Happening) -> Work:
    """The work after an event."""
    match event:
        case WorkTaken(by=by):
            return Taken(by=by)
        case WorkGivenBack():
            return Free()
