"""Sending: one e-mail is handed to the mail server, and what the server says is told apart from saying nothing."""

from contextlib import suppress
from smtplib import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
)
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers
from django.core.mail.backends.base import BaseEmailBackend

from eventstore.effects import NotSent, Unanswered
from orders.systems.mail.writing import Reader, Written

LATER = range(400, 500)  # the codes with which a mail server says that it may take the e-mail another time


class EmailRefused(Exception):
    """The server of the address does not take the e-mail; `code` is what it says."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(f"The mail server says {code}.")


class NotNow(Exception):
    """The server of the address may take the e-mail another time; `code` is what it says."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(f"The mail server does not take it now ({code}).")


class CannotSend(Exception):
    """Our own mail server takes nothing from us: a person has to look at how we are set up."""


def opened() -> BaseEmailBackend:
    """A connection to the mail server, which has greeted us. NotSent where nothing can be sent now, CannotSend ever."""
    backend = mailers.create_connection("default")
    try:
        backend.open()
    except OSError as error:
        with suppress(OSError):
            backend.close()
        raise unopened(error) from None
    return backend


def unopened(error: OSError) -> Exception:
    """What it means that we cannot write to the server."""
    kind = type(error).__name__
    match error:
        case SMTPNotSupportedError():
            return CannotSend(f"The mail server does not let us in ({kind}).")
        case SMTPAuthenticationError(smtp_code=code) if code not in LATER:
            return CannotSend(f"The mail server does not let us in ({kind}).")
        case _:
            return NotSent(f"The mail server cannot be reached ({kind}).")


def send(backend: BaseEmailBackend, key: UUID, written: Written, reader: Reader) -> None:
    """Hand over an e-mail under the name that is its alone.

    EmailRefused or NotNow by the server of the address; NotSent or CannotSend where our own one takes nothing from us;
    Unanswered where nobody knows.
    """
    headers = {"Message-ID": message_id(key), "Content-Language": reader.language, "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(
        subject=" ".join(written.subject.split()),
        body=written.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[reader.email],
        headers=headers,
    )
    message.attach_alternative(written.html, "text/html")
    try:
        backend.send_messages([message])
    except SMTPRecipientsRefused as refused:
        said(next(iter(refused.recipients.values()))[0])
    except SMTPDataError as refused:
        said(refused.smtp_code)
    except SMTPResponseException as error:
        if error.smtp_code in LATER:
            raise NotSent(f"The mail server takes no e-mails from us now ({error.smtp_code}).") from None
        raise CannotSend(f"The mail server does not take our e-mails ({error.smtp_code}).") from None
    except (ValueError, AttributeError):
        # What stands there cannot be an address: Python's parser says so, or trips over it.
        raise EmailRefused(553) from None
    except (SMTPException, OSError) as error:
        raise Unanswered(f"The mail server has said nothing ({type(error).__name__}).") from None
    finally:
        backend.close()


def said(code: int) -> None:
    """The server has not taken an e-mail: for now, or for good."""
    if code in LATER:
        raise NotNow(code) from None
    raise EmailRefused(code) from None


def message_id(key: UUID) -> str:
    """The name of an e-mail among all others: the same whenever it is sent."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    return f"<{key}@{domain}>"
