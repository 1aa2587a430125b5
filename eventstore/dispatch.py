"""Commands to the log: load, decide, append; once for each command's id, and only for whoever may send it."""

import hmac
import random
import time
from functools import cache, cached_property
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import transaction

from eventstore import bell, log, snapshots
from eventstore.encoding import checked
from eventstore.errors import CommandReused, Conflict, Forbidden, Invalid
from eventstore.messages import OWNER, Command, Refused
from eventstore.refusals import kept, told_again
from eventstore.streams import Category, category_of

ATTEMPTS = 8
FIRST_PAUSE = 0.005  # seconds; doubled with each attempt, and jittered, so that those who collided do not collide again


class Actor(msgspec.Struct, frozen=True):
    """Who asks: a person or a process, by an id that stays, and the roles they hold."""

    id: str
    roles: frozenset[str] = frozenset()


class Loaded(msgspec.Struct, frozen=True):
    """An aggregate as it is now, and the version of its stream."""

    state: Any
    version: int


class Answer:
    """What came of a command that was done: the ids of its events, and the log's position that shows all of them."""

    def __init__(self, command: UUID, events: tuple[UUID, ...]) -> None:
        self.command = command
        self.events = events

    @cached_property
    def position(self) -> int:
        """What a reader has to have reached to show the effect of the command; 0 where nothing had to happen."""
        return log.position_of(self.events)


def dispatch(
    command: Command,
    *,
    actor: Actor,
    command_id: UUID,
    expected_version: int | None = None,
    correlation: UUID | None = None,
    causation: UUID | None = None,
) -> Answer:
    """Do what `command` asks, once: the same id again gets the first answer, and the same refusal.

    Refused with the rule's sentence; Forbidden to whoever may not; Conflict where the caller saw `expected_version` and
    the aggregate has moved on since; CommandReused where the id came before with another content; PersonErased where
    something personal would be recorded of somebody who was erased; Invalid where a value cannot be.
    """
    category = category_of(type(command))
    ask_role(command, actor)
    log.check_version(expected_version)
    receipt = log.Receipt(command_id, type(command).__name__, digest(command), actor.id)
    metadata = log.Metadata(actor.id, correlation or command_id, causation)
    pause = FIRST_PAUSE
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _attempt(category, command, actor, receipt, metadata, expected_version)
        except Conflict:
            earlier = log.receipt_of(command_id)
            if earlier:
                return first_answer(earlier, receipt)
            if expected_version is not None or attempt == ATTEMPTS or transaction.get_connection().in_atomic_block:
                raise
            time.sleep(pause * random.random())  # noqa: S311  # jitter, no secret
            pause *= 2
    raise AssertionError("unreachable")


def _attempt(
    category: Category,
    command: Command,
    actor: Actor,
    receipt: log.Receipt,
    metadata: log.Metadata,
    expected_version: int | None,
) -> Answer:
    """Load, decide, append, once."""
    stream = category.stream(command)
    loaded = load(category, stream)
    ask_owner(category, command, actor, loaded.state)
    if expected_version is not None and loaded.version != expected_version:
        raise log.conflict(stream, expected_version)
    try:
        events = category.decider.decide(command, loaded.state)
    except Refused as refused:
        if log.keep(msgspec.structs.replace(receipt, refusal=kept(refused), stream=stream)):
            raise
        return first_answer(log.receipt_of(receipt.command), receipt)
    if not events:
        if log.keep(msgspec.structs.replace(receipt, stream=stream)):
            return Answer(receipt.command, ())
        return first_answer(log.receipt_of(receipt.command), receipt)
    try:
        ids = log.append([log.New(stream, events, loaded.version)], metadata, receipt)
    except log.ReceiptExists:
        return first_answer(log.receipt_of(receipt.command), receipt)
    bell.ring_for(events)
    return Answer(receipt.command, tuple(ids))


def rehearse(command: Command, *, actor: Actor, loaded: Loaded | None = None) -> Refused | None:
    """Why `command` could not be done now, or None if it could: the same decision, with nothing appended.

    What nothing would come of is sent without harm, as a message is that comes twice, but there is no use in offering
    it. Whoever asks several questions about one aggregate gives it as it was `loaded`.
    """
    category = category_of(type(command))
    ask_role(command, actor)
    loaded = loaded or load(category, category.stream(command))
    ask_owner(category, command, actor, loaded.state)
    try:
        events = category.decider.decide(command, loaded.state)
    except Refused as refused:
        return refused
    return None if events else Refused("There is nothing left to do here: it is so already.")


def load(category: Category, stream: str) -> Loaded:
    """The state of an aggregate: all of its events, folded, or those that came after its snapshot.

    Invalid for an event that its decider does not take: a decider would take it for one that changes nothing.
    """
    begin = snapshots.latest(category, stream) if category.snapshot_every else (category.decider.initial, 0)
    state, version = begin
    for later, event in log.history(stream, version):
        if type(event) not in category.types:
            kind = type(event).__name__
            raise Invalid(f"{kind}, event {later} of {stream}, is none of the category {category.name}.")
        state, version = category.decider.evolve(state, event), later
    if category.snapshot_every and version - begin[1] >= category.snapshot_every:
        snapshots.keep(category, stream, state, version)
    return Loaded(state, version)


def ask_role(command: Command, actor: Actor) -> None:
    """Forbidden, before anything is loaded, to whoever cannot be among those who may send the command."""
    if OWNER not in command.sent_by and not command.sent_by & actor.roles:
        raise Forbidden(f"{type(command).__name__} is not for {', '.join(sorted(actor.roles)) or 'nobody'}.")


def ask_owner(category: Category, command: Command, actor: Actor, state: Any) -> None:
    """Forbidden to whoever neither holds a role that may send the command nor owns the object it is for."""
    if command.sent_by & actor.roles:
        return
    owner = category.owner(command, state) if category.owner else None
    owners = owner if isinstance(owner, frozenset) else frozenset({owner})
    if actor.id not in map(str, owners - {None}):
        raise Forbidden(f"{type(command).__name__} is for somebody else's {category.name}.")


def digest(command: Command) -> bytes:
    """A fingerprint of what the sender says, keyed, as personal data in it must not be guessable from it."""
    said = checked(command)
    if command.looked_up:
        fields = msgspec.json.decode(said)
        for field in command.looked_up:
            del fields[field]
        said = msgspec.json.encode(fields)
    digesting = _digesting(type(command).__name__).copy()
    digesting.update(said)
    return digesting.digest()


@cache
def _digesting(name: str) -> hmac.HMAC:
    """The beginning of all digests of a kind of command: that of salted_hmac, each of which takes longer."""
    return hmac.new(sha256(f"{name}{settings.SECRET_KEY}".encode()).digest(), digestmod=sha256)


def first_answer(earlier: log.Receipt | None, now: log.Receipt) -> Answer:
    """What came of the command when its id was first received."""
    assert earlier is not None
    if (earlier.name, earlier.digest) != (now.name, now.digest):
        raise CommandReused("This was sent before with other content. Reload the page to begin anew.")
    if earlier.actor != now.actor:
        raise CommandReused("This was sent before by somebody else.")
    if earlier.refusal:
        raise told_again(earlier.refusal)
    return Answer(earlier.command, earlier.events)
