"""The border to the mail server: each e-mail once. SMTP cannot be asked what became of one; we keep a note instead."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Q

from accounts.domain.customer import ReportRefusedEmail
from accounts.domain.roles import MAIL
from accounts.models import SentEmail
from eventstore import clock
from eventstore.effects import NotSent, Unanswered
from eventstore.messages import Command, Request
from eventstore.models import Effect
from orders.processes.notification import Tell
from orders.systems.mail import sending, writing
from orders.systems.mail.sending import CannotSend, EmailRefused, NotNow
from orders.systems.mail.timely import settled
from orders.systems.mail.writing import Reader
from projections.erasing import forget_emails

State = SentEmail.State
# With a server that takes an e-mail at another time; shorter than the outbox asks.
PATIENCE = timedelta(hours=1)


class NobodyKnows(Exception):
    """An e-mail may have been sent, or not: a person decides whether it is sent, perhaps for the second time."""


class MailBorder:
    """The mail server, as the outbox asks it."""

    name = "mail"
    role = MAIL
    requests: Sequence[type[Request]] = (Tell,)

    def ask(self, request: Request, key: UUID) -> Sequence[Command]:
        """Send an e-mail. Nothing is sent to whoever was erased, nor what asks for something that is settled."""
        assert isinstance(request, Tell)
        reader = writing.reader_of(request.customer_id)
        if reader is None or settled(request):
            SentEmail.objects.filter(key=key, state=State.LATER).delete()  # it is not tried again
            return []
        written = writing.write(request, reader)
        backend = opened(key)
        if not hand_over(request, key, reader.language):
            backend.close()
            raise Unanswered("Somebody else is sending this e-mail.")
        try:
            sending.send(backend, key, written, reader)
        except NotNow as later:
            note(request, key, reader.language, State.LATER)
            if clock.now() - put_off(key, reader) < PATIENCE:
                raise Unanswered(str(later)) from None
            return refused(request, key, reader, later.code)
        except EmailRefused as no:
            return refused(request, key, reader, no.code)
        except (NotSent, CannotSend):
            note(request, key, reader.language, State.LATER)  # surely not sent, whoever asks
            not_put_off(key)
            raise
        note(request, key, reader.language, State.SENT)
        if writing.reader_of(request.customer_id) is None:
            forget_emails(request.customer_id)  # they were erased as it was sent
        return []

    def find_out(self, _: Request, key: UUID) -> Sequence[Command] | None:
        """What our note says. Handed over, and no answer: it is not sent again, unless a person wants it so."""
        if SentEmail.objects.filter(key=key, state=State.SENT).exists():
            return []
        now = asked_as(key)
        SentEmail.objects.filter(key=key, state=State.HANDED_OVER).update(state=State.UNKNOWN, doubted_as=now)
        if SentEmail.objects.filter(key=key, state=State.UNKNOWN, doubted_as=now).exists():
            raise NobodyKnows("Nobody knows whether this e-mail was sent. Retry it to have it sent, or skip it.")
        return None

    def unknown(self, _: Request) -> Sequence[Command]:
        """Nobody has to be told."""
        return []


def opened(key: UUID) -> BaseEmailBackend:
    """A connection to our own server. Where it lets nobody in, no other one has put the e-mail off."""
    try:
        return sending.opened()
    except (NotSent, CannotSend):
        not_put_off(key)
        raise


def put_off(key: UUID, reader: Reader) -> datetime:
    """Since when the server of this address has put an e-mail off; from now on, where another one did, or none."""
    known = Q(since__gte=reader.since) if reader.since else Q(since__isnull=False)
    SentEmail.objects.filter(~known, key=key).update(since=clock.now())
    since = SentEmail.objects.get(key=key).since
    assert since is not None
    return since


def not_put_off(key: UUID) -> None:
    """Nobody but ourselves keeps an e-mail from being sent."""
    SentEmail.objects.filter(key=key).update(since=None)


def refused(tell: Tell, key: UUID, reader: Reader, code: int) -> Sequence[Command]:
    """The server of the address takes nothing."""
    note(tell, key, reader.language, State.REFUSED)
    return [ReportRefusedEmail(customer_id=tell.customer_id, order_id=tell.order_id, code=code)]


def hand_over(tell: Tell, key: UUID, language: str) -> bool:
    """Note that an e-mail is handed over from now on; False where somebody else does that, or has done.

    Our lease may have run out while we stood still: then whoever came after us must not find us sending as well.
    """
    fields = about(tell, language) | {"state": State.HANDED_OVER}
    if SentEmail.objects.get_or_create(key=key, defaults=fields)[1]:
        return True
    surely_not_sent = Q(state__in=[State.LATER, State.REFUSED])
    wanted_again = Q(state=State.UNKNOWN) & ~Q(doubted_as=asked_as(key))
    mine = SentEmail.objects.filter(surely_not_sent | wanted_again, key=key)
    return mine.update(**fields) == 1


def asked_as(key: UUID) -> UUID | None:
    """What an e-mail is asked for as: something else each time that a person has it tried again."""
    return Effect.objects.filter(key=key).values_list("command_id", flat=True).first()


def note(tell: Tell, key: UUID, language: str, state: State) -> None:
    """Note how far an e-mail has come."""
    SentEmail.objects.update_or_create(key=key, defaults=about(tell, language) | {"state": state})


def about(tell: Tell, language: str) -> dict[str, object]:
    """What is noted of an e-mail, by the clock that all else of the shop goes by."""
    about_whom = {"customer_id": tell.customer_id, "order_id": tell.order_id}
    return about_whom | {"content": msgspec.to_builtins(tell), "language": language, "at": clock.now()}
