"""Faults: what is answered where something fails that nobody has foreseen."""

import logging
import sys

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

from eventstore.errors import quoted_by, unquoted

RETRY_AFTER = 30  # seconds


def fault(request: HttpRequest) -> HttpResponse:
    """503 while the database is away, which passes by itself, so that whoever asks tries again; 500 otherwise."""
    if isinstance(sys.exception(), OperationalError | InterfaceError) and is_away():
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": str(RETRY_AFTER)})
    return server_error(request)


def is_away() -> bool:
    """Whether there is no connection to the database, as it could not be made or was lost."""
    return connection.connection is None or connection.connection.closed


def in_one_line(record: logging.LogRecord) -> bool:
    """A traceback is for what is broken: who was refused, or sent what cannot be, is a line of the log."""
    if getattr(record, "status_code", 500) < 500:
        record.exc_info = None
    return True


def without_rows(record: logging.LogRecord) -> bool:
    """What the database quotes of its rows is in no line of the log."""
    if record.exc_info and any(quoted_by(record.exc_info[1])):
        error = record.exc_info[1]
        record.exc_text = unquoted(logging.Formatter().formatException(record.exc_info), error)
        record.msg, record.args = unquoted(record.getMessage(), error), ()
    return True
