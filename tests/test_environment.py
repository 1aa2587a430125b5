"""What the environment says: each fault in it ends the program with a line of its own, and nothing is guessed."""

import os
import re
from collections.abc import Callable
from typing import Any

import pytest

from config import environment
from config.services.given import why_no_database
from tests.test_headers import INSTALLATION

KEY = "A" * 43 + "="
MAIL = "has to be the address of a mail server, such as smtp+tls://user:password@host:587."
REDIS = "has to be the address of a Redis, such as redis://:password@host:6379/0."
KEYS = 'has to be a list of "id:base64 of 32 bytes", separated by commas.'
WEB = "has to be the address of something in the web, such as https://shop.example/."
HOSTS = 'has to be a list of hosts such as "shop.example", without ports, separated by commas.'
SENDER = 'has to be one address with a name before it, or none, such as "Kettle & Spade <shop@shop.example>".'
DATABASE = "has to be the address of a PostgreSQL, such as postgresql://user:password@host/name."
SEVERAL = 'has to be a list of addresses such as "https://shop.example", separated by commas.'

Read = Callable[..., dict[str, Any]]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Read:
    """Reads the environment of an installation, with more in it."""

    def with_more(**more: str) -> dict[str, Any]:
        for name in list(os.environ):
            monkeypatch.delenv(name)
        for name, value in (INSTALLATION | more).items():
            monkeypatch.setenv(name, value)
        return environment.read()

    return with_more


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        *(("MAIL_URL", url, MAIL) for url in ("smtp://host:abc", "smtp://host:99999", "smtp://[::1", "file:", "host")),
        *(("REDIS_URL", f"redis://{rest}", REDIS) for rest in ("localhost:abc/0", "localhost:99999/0", "[::1", "a/b")),
        ("REDIS_URL", "unix:///run/redis.sock", REDIS),
        ("PERSONAL_DATA_KEYS", "1:ü", KEYS),
        ("PERSONAL_DATA_KEYS", f"1:{KEY},2:short", KEYS),
        ("PERSONAL_DATA_KEYS", f"1:{KEY},1:{KEY}", "gives the id 1 to two keys."),
        (
            "DATABASE_URL",
            "postgresql://localhost/none?prepare_threshold=abc",
            "has to name a whole number as its prepare_threshold, or nothing for none.",
        ),
        *(("DATABASE_URL", f"{scheme}://u:p@host", DATABASE) for scheme in ("postgresql", "mysql")),
        ("DATABASE_URL", "postgresql://u:p@host/", DATABASE),
        *(
            ("ALLOWED_HOSTS", text, HOSTS)
            for text in (
                *("https://shop.example", "shop.example/", "shop.example:443", "shop.example:", "a b", "a,b:8000"),
                *("*.shop.example", "bücher.example", "shop.example.", "::1"),
            )
        ),
        ("ALLOWED_HOSTS", " ,", "has to name the hosts that this shop answers to, separated by commas."),
        *(("MAIL_FROM", text, SENDER) for text in ("", "Kettle & Spade", "Kettle & Spade <>", "shop", "shop@")),
        *(("MAIL_FROM", text, SENDER) for text in ("a@b, c@d", "Tea, Co <a@b>", "a@b c")),
        ("EVENT_MAX_BYTES", "-5", "has to be 1 or more."),
        ("EVENT_MAX_BYTES", "0", "has to be 1 or more."),
        ("PAYMENT_PROVIDER_SECONDS", "0", "has to be more than 0."),
        ("MAX_LAG_SECONDS", "-1", "has to be 0 or more."),
        ("MAX_WAIT_SECONDS", "-1", "has to be 0 or more."),
        ("MAX_LAG_SECONDS", "nan", "Special numeric values (nan or infinity) are not permitted."),
        ("MEDIA_ROOT", "", "has to name a folder."),
        *(("SHOP_URL", url, WEB) for url in ("shop.example", "", "https://", "https://shop.example:abc/", "ftp://a/")),
        ("PAYMENT_PROVIDER_API_URL", "api.stripe.com", WEB),
        ("CARRIER_API_URL", "api.easypost.com", WEB),
        *(
            ("CSRF_TRUSTED_ORIGINS", text, SEVERAL)
            for text in ("shop.example", "https://a,b", "https://a/b", "https://")
        ),
    ],
)
def test_a_fault_is_a_line_of_its_own(name: str, value: str, sentence: str, read: Read) -> None:
    with pytest.raises(SystemExit) as end:
        read(**{name: value})
    assert str(end.value) == f"The environment is not complete:\n  {name}: {sentence}"


def test_what_is_well_said_is_taken(read: Read) -> None:
    said = read(
        ALLOWED_HOSTS="shop.example, www.shop.example,.shop-2.example,[::1],127.0.0.1,*,",
        CSRF_TRUSTED_ORIGINS="https://shop.example/, https://*.shop.example:8443",
        MAIL_FROM=" Tea & Co. <tea@localhost> ",
        MAIL_URL="smtps://user:p%40ss@host",
        MEDIA_ROOT="labels",
        PERSONAL_DATA_KEYS=f"b:{KEY},a:{KEY}",
        REDIS_URL="rediss://:password@[::1]:6380/3",
        SHOP_URL="http://[::1]:8000/",
    )
    hosts = ["shop.example", "www.shop.example", ".shop-2.example", "[::1]", "127.0.0.1", "*"]
    assert (said["ALLOWED_HOSTS"], said["MAIL_FROM"]) == (hosts, '"Tea & Co." <tea@localhost>')
    assert said["CSRF_TRUSTED_ORIGINS"] == ["https://shop.example", "https://*.shop.example:8443"]
    assert (
        said["MAIL_URL"]["OPTIONS"] | {"host": "host", "port": 465, "password": "p@ss"} == said["MAIL_URL"]["OPTIONS"]
    )
    assert list(said["PERSONAL_DATA_KEYS"]) == ["b", "a"]
    assert said["SHOP_URL"] == "http://[::1]:8000/"
    assert (said["EVENT_MAX_BYTES"], said["MAX_LAG_SECONDS"], said["PAYMENT_PROVIDER_SECONDS"]) == (1_000_000, 60, 15)


def test_a_database_can_be_named_by_a_service(read: Read) -> None:
    assert read(DATABASE_URL="postgresql:///?service=shop")["DATABASE_URL"]["OPTIONS"]["service"] == "shop"


@pytest.mark.parametrize(("query", "times"), [("", 5), ("?prepare_threshold=", None), ("?prepare_threshold=7", 7)])
def test_behind_a_pooler_no_statement_is_prepared(query: str, times: int | None, read: Read) -> None:
    options = read(DATABASE_URL=f"postgresql://localhost/none{query}")["DATABASE_URL"]["OPTIONS"]
    assert options == {"prepare_threshold": times}


def test_what_containers_are_not_told_is_as_elsewhere(read: Read) -> None:
    """An empty value is none where a number is wanted: compose.yaml has the program's own defaults."""
    compose = (environment.PROJECT / "config" / "compose.yaml").read_text()
    handed_on = dict(re.findall(r"^    ([A-Z_]+): \$\{\1:-(.*)\}$", compose, re.MULTILINE))
    assert {"LOG_LEVEL", "MAX_LAG_SECONDS", "METRICS_TOKEN"} <= handed_on.keys()
    assert read(**handed_on) == read()


def test_an_option_that_no_database_knows_is_a_reason() -> None:
    assert "sslwrong" in why_no_database("postgresql://localhost/none?sslwrong=1")
