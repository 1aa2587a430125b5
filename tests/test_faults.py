"""Where something fails that nobody has foreseen: what is answered while the database is away, and otherwise."""

import io
import logging
from collections.abc import Callable, Iterator
from unittest.mock import patch

import pytest
from celery.signals import after_setup_logger, after_setup_task_logger
from celery.utils.dispatch import Signal
from django.db import IntegrityError, OperationalError, connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation

from accounts.domain.roles import CUSTOMER
from accounts.models import User
from config.faults import fault, is_away
from eventstore.errors import said_of, unquoted
from tests.eventstore.pieces import rows
from tests.shop import browsing, somebody

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def _no_database() -> Iterator[None]:
    """Nobody listens where the database is."""
    connection.close()
    with patch.dict(connection.settings_dict, {"HOST": "127.0.0.1", "PORT": "9"}):
        yield
    connection.close()


@pytest.mark.usefixtures("_no_database")
@pytest.mark.parametrize("address", ["/", "/sign-in/", "/products/", "/metrics/", "/admin/", "/none/"])
def test_a_database_that_is_away_is_said_as_something_that_passes(address: str) -> None:
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "a" * 32
    for answer in (client.get(address), client.post(address)):
        assert (answer.status_code, answer["Retry-After"]) == (503, "30")


@pytest.mark.usefixtures("_no_database")
def test_a_partner_is_told_as_well() -> None:
    client = Client(raise_request_exception=False, headers={"Authorization": "Bearer a-token-of-theirs"})
    for answer in (client.get("/api/v1/products/"), client.post("/api/v1/orders/", "{}", "application/json")):
        assert (answer.status_code, answer["Retry-After"]) == (503, "30")


@pytest.mark.usefixtures("_no_database")
@pytest.mark.parametrize(
    ("language", "title"), [("en", "The shop is away for a moment"), ("de", "Der Shop ist gerade")]
)
def test_a_customer_is_told_to_try_again(language: str, title: str) -> None:
    client = Client(raise_request_exception=False, headers={"Accept-Language": language})
    answer = client.get("/products/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert f"<h1>{title}" in answer.content.decode()


def test_a_connection_that_is_lost_is_away_until_it_is_made_again() -> None:
    with pytest.raises(OperationalError):
        rows("SELECT pg_terminate_backend(pg_backend_pid())")
    assert is_away()
    connection.close()
    connection.ensure_connection()
    assert not is_away()


def test_any_other_fault_of_the_database_is_ours() -> None:
    with translation.override("en"):
        answer = answered(lambda: rows("SET statement_timeout = '1ms'; SELECT pg_sleep(1)"))
    connection.close()
    assert answer.status_code == 500
    assert "Something went wrong here" in answer.content.decode()


def answered(deed: Callable[[], object]) -> HttpResponse:
    """What is answered where a view does this, and fails."""
    try:
        deed()
    except OperationalError:
        return fault(RequestFactory().get("/"))
    raise AssertionError("It did not fail.")


@pytest.fixture
def lines() -> Iterator[Callable[[], list[str]]]:
    """What the console is told."""
    [console] = [each for each in logging.getLogger().handlers if type(each) is logging.StreamHandler]
    told = io.StringIO()
    before = console.setStream(told)
    yield lambda: told.getvalue().splitlines()
    if before:
        console.setStream(before)


def test_who_is_refused_is_a_line_of_the_log(lines: Callable[[], list[str]]) -> None:
    assert browsing(somebody(CUSTOMER)).get("/work/").status_code == 403
    [line] = lines()
    assert line.endswith("django.request Forbidden (Permission denied): /work/")


def test_what_is_broken_leaves_its_traceback(lines: Callable[[], list[str]]) -> None:
    with patch("orders.screens.customer.shopping.render", side_effect=ZeroDivisionError("That is broken.")):
        assert Client(raise_request_exception=False).get("/products/").status_code == 500
    assert "Traceback (most recent call last):" in lines()
    assert lines()[-1] == "ZeroDivisionError: That is broken."


def registered_twice() -> Exception:
    """What the database says of it, in a view or a task."""
    clara = somebody(CUSTOMER)
    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        User(pk=clara.pk, email="clara@example.com").save(force_insert=True)
    assert str(clara.pk) in str(raised.value)
    return raised.value


def test_what_the_database_quotes_of_its_rows_is_in_no_line_of_the_log(lines: Callable[[], list[str]]) -> None:
    fault = registered_twice()
    with patch("orders.screens.customer.shopping.render", side_effect=fault):
        assert Client(raise_request_exception=False).get("/products/").status_code == 500
    told = "\n".join(lines())
    assert "duplicate key value violates unique constraint" in told
    assert "DETAIL:  (what it quotes is left out)" in told
    assert str(User.objects.get().pk) not in told


@pytest.mark.parametrize("setting_up", [after_setup_logger, after_setup_task_logger], ids=["worker", "tasks"])
def test_celery_does_not_quote_them_either(setting_up: Signal) -> None:
    fault, told = registered_twice(), io.StringIO()
    logger = logging.getLogger("celery that is set up")
    logger.handlers = [logging.StreamHandler(told)]
    setting_up.send(sender=None, logger=logger)
    logger.error("Task raised unexpected: %r", fault, exc_info=fault)
    assert "duplicate key value violates unique constraint" in told.getvalue()
    assert str(User.objects.get().pk) not in told.getvalue()


def test_an_apostrophe_does_not_let_them_through() -> None:
    User.objects.create_user("o'brien@example.com", None, [CUSTOMER], name="Brian")
    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        User(email="o'brien@example.com").save()
    assert "o'brien" in str(raised.value)
    assert "brien" not in unquoted(repr(raised.value), raised.value)


def test_they_are_not_kept_with_what_is_parked() -> None:
    assert said_of(registered_twice()).endswith("DETAIL:  (what it quotes is left out)")


def test_an_error_that_led_to_itself_is_read_once() -> None:
    fault = ValueError("It turns.")
    fault.__cause__ = fault
    assert said_of(fault) == "ValueError: It turns."
