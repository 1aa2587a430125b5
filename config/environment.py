"""What the environment has to say, read and checked at the start: one clear line for each fault."""

import base64
import logging
import os
import re
import sys
from contextlib import suppress
from email.errors import MessageError
from email.headerregistry import Address as Mailbox
from email.utils import parseaddr
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import dj_database_url
from environs import Env, EnvError, EnvValidationError, validate

from config.services import data_directory

PROJECT = Path(__file__).resolve().parent.parent

ONE_OR_MORE = validate.Range(min=1, error="has to be 1 or more.")
NONE_OR_MORE = validate.Range(min=0, error="has to be 0 or more.")
MORE_THAN_NONE = validate.Range(min=0, min_inclusive=False, error="has to be more than 0.")
# As Django takes them: with a dot in front for whatever is below, a star for any.
HOST = re.compile(r"\.?[a-z0-9-]+(\.[a-z0-9-]+)*|\[[a-f0-9:.]+\]|\*", re.IGNORECASE)


class Address(NamedTuple):
    """Where the shop itself is."""

    recipient: str
    street: str
    postcode: str
    city: str
    country: str


def parts_of(url: str, otherwise: str) -> SplitResult:
    """The parts of `url`; EnvError with the sentence `otherwise` where it cannot be taken apart."""
    with suppress(ValueError):
        parts = urlsplit(url)
        if parts.port != 0:  # what is no port at all is only found out where it is asked for
            return parts
    raise EnvError(otherwise)


def database(url: str) -> dict[str, Any]:
    """Django's settings for the PostgreSQL at `url`."""
    try:
        parsed = dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True)
    except ValueError as error:
        raise EnvError(f"is not a database address: {error}") from error
    named = parsed.get("NAME") or parsed.get("OPTIONS", {}).get("service")
    if parsed.get("ENGINE") != "django.db.backends.postgresql" or not named:
        raise EnvError("has to be the address of a PostgreSQL, such as postgresql://user:password@host/name.")
    # Lets the log prepare its statements. Behind a pooler that cannot, append ?prepare_threshold= to the address: what
    # is empty is no option to dj_database_url.
    times = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True)).get("prepare_threshold", "5")
    try:
        threshold = int(times or 0) or None
    except ValueError:
        raise EnvError("has to name a whole number as its prepare_threshold, or nothing for none.") from None
    return dict(parsed) | {"OPTIONS": parsed.get("OPTIONS", {}) | {"prepare_threshold": threshold}}


def redis_url(url: str) -> str:
    """`url`, when it is the address of a Redis."""
    otherwise = "has to be the address of a Redis, such as redis://:password@host:6379/0."
    parts = parts_of(url, otherwise)
    number = parts.path.strip("/")
    if parts.scheme not in ("redis", "rediss") or not (number.isdecimal() or not number):
        raise EnvError(otherwise)
    return url


def web(url: str) -> str:
    """`url`, when it is the address of something that speaks HTTP."""
    otherwise = "has to be the address of something in the web, such as https://shop.example/."
    parts = parts_of(url, otherwise)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise EnvError(otherwise)
    return url


def hosts(text: str) -> list[str]:
    """The hosts in `text`, as browsers name them, without a port."""
    named = [host.strip() for host in text.split(",") if host.strip()]
    if not all(HOST.fullmatch(host) for host in named):
        raise EnvError('has to be a list of hosts such as "shop.example", without ports, separated by commas.')
    return named


def origins(text: str) -> list[str]:
    """The addresses in `text`, of which none has a path: so browsers name them."""
    otherwise = 'has to be a list of addresses such as "https://shop.example", separated by commas.'
    named = [origin.strip().rstrip("/") for origin in text.split(",") if origin.strip()]
    for origin in named:
        parts = parts_of(origin, otherwise)
        if parts.scheme not in ("http", "https") or origin != f"{parts.scheme}://{parts.netloc}" or not parts.hostname:
            raise EnvError(otherwise)
    return named


def folder(name: str | Path) -> Path:
    """The folder of this name, whether it is there or not; none is not the one that the program was started in."""
    if not name:
        raise EnvError("has to name a folder.")
    return Path(name)


def secret(text: str) -> str:
    """`text`, when it is long enough to be a secret."""
    if len(text) < 50:
        raise EnvError("has to be at least 50 characters long.")
    return text


def token(text: str) -> str:
    """`text`, when it is long enough to be a secret; empty for none, with which nobody gets in."""
    return secret(text) if text else ""


def keyring(text: str) -> dict[str, bytes]:
    """Keys by their id from `id:base64,id:base64`, each of 32 bytes; the first one is the current one."""
    keys: dict[str, bytes] = {}
    for entry in text.split(","):
        name, _, encoded = entry.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not name or len(key) != 32:
            raise EnvError('has to be a list of "id:base64 of 32 bytes", separated by commas.')
        if name in keys:
            raise EnvError(f"gives the id {name} to two keys.")
        keys[name] = key
    return keys


def address(text: str) -> Address | None:
    """The address in `name;street;postcode;town;country`; None for none."""
    parts = [part.strip() for part in text.split(";")]
    if not text:
        return None
    if len(parts) != 5 or not all(parts):
        raise EnvError('has to be an address: "name;street;postcode;town;country".')
    return Address(*parts)


def mailer(url: str) -> dict[str, Any]:
    """Django's settings for the mail server at `url`, or for a folder that letters are laid into."""
    otherwise = "has to be the address of a mail server, such as smtp+tls://user:password@host:587."
    parts = parts_of(url, otherwise)
    match parts.scheme:
        case "file" if parts.path:
            return {"BACKEND": "django.core.mail.backends.filebased.EmailBackend", "OPTIONS": {"file_path": parts.path}}
        case "smtp" | "smtps" | "smtp+tls" if parts.hostname:
            options = {
                "host": parts.hostname,
                "port": parts.port or {"smtp": 25, "smtps": 465, "smtp+tls": 587}[parts.scheme],
                "username": unquote(parts.username or ""),
                "password": unquote(parts.password or ""),
                "use_tls": parts.scheme == "smtp+tls",
                "use_ssl": parts.scheme == "smtps",
                "timeout": 10,
            }
            return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
    raise EnvError(otherwise)


def sender(text: str) -> str:
    """Whom letters come from, written as mail servers want it."""
    name, mailbox = parseaddr(text)
    with suppress(MessageError, ValueError):
        if mailbox in text:  # which is put together anew where there are spaces in it
            return str(Mailbox(name, addr_spec=mailbox))
    raise EnvError(
        'has to be one address with a name before it, or none, such as "Kettle & Spade <shop@shop.example>".'
    )


def read() -> dict[str, Any]:
    """All that the environment says; its faults end the program, a line for each."""
    env = Env(eager=False)
    for parser in (database, redis_url, web, hosts, origins, folder, secret, token, keyring, address, mailer, sender):
        env.add_parser(parser.__name__, parser)
    demo = env.bool("DEMO", default=False)
    mails = {"default": f"file://{data_directory(os.environ) / 'mails'}"} if demo else {}
    values = {
        "DATABASE_URL": env.database("DATABASE_URL"),
        "REDIS_URL": env.redis_url("REDIS_URL"),
        "SECRET_KEY": env.secret("SECRET_KEY"),
        "PERSONAL_DATA_KEYS": env.keyring("PERSONAL_DATA_KEYS"),
        "ALLOWED_HOSTS": env.hosts("ALLOWED_HOSTS", default=""),
        "CSRF_TRUSTED_ORIGINS": env.origins("CSRF_TRUSTED_ORIGINS", default=""),
        "BEHIND_PROXY": env.bool("BEHIND_PROXY", default=False),
        "DEMO": demo,
        "DEBUG": env.bool("DEBUG", default=False),
        "LOG_LEVEL": env.log_level("LOG_LEVEL", default=logging.INFO),
        "EVENT_MAX_BYTES": env.int("EVENT_MAX_BYTES", default=1_000_000, validate=ONE_OR_MORE),
        "MAX_LAG_SECONDS": env.float("MAX_LAG_SECONDS", default=60.0, validate=NONE_OR_MORE),
        "MAX_WAIT_SECONDS": env.float("MAX_WAIT_SECONDS", default=900.0, validate=NONE_OR_MORE),
        "STAFF_SECOND_FACTOR": env.bool("STAFF_SECOND_FACTOR", default=not demo),
        "MAIL_URL": env.mailer("MAIL_URL", **mails),
        "MAIL_FROM": env.sender("MAIL_FROM", default="Kettle & Spade <shop@localhost>"),
        "METRICS_TOKEN": env.token("METRICS_TOKEN", default=""),
        "PAYMENT_PROVIDER_API_KEY": env.str("PAYMENT_PROVIDER_API_KEY", default=""),
        "PAYMENT_PROVIDER_API_URL": env.web("PAYMENT_PROVIDER_API_URL", default="https://api.stripe.com"),
        "PAYMENT_PROVIDER_SECONDS": env.float("PAYMENT_PROVIDER_SECONDS", default=15.0, validate=MORE_THAN_NONE),
        "PAYMENT_PROVIDER_WEBHOOK_SECRET": env.str("PAYMENT_PROVIDER_WEBHOOK_SECRET", default=""),
        "SHOP_URL": env.web("SHOP_URL", default="http://localhost:8000/"),
        # A demo has the account that German banks give in their examples.
        "SHOP_BANK_ACCOUNT": env.str("SHOP_BANK_ACCOUNT", default="DE02 1203 0000 0000 2020 51" if demo else ""),
        # Only where a mail server is named are customers told of their orders: a demo has one without.
        "TELLS_CUSTOMERS": bool(os.environ.get("MAIL_URL")),
        "MEDIA_ROOT": env.folder("MEDIA_ROOT", default=PROJECT / ".media"),
        "CARRIER_API_KEY": env.str("CARRIER_API_KEY", default=""),
        "CARRIER_API_URL": env.web("CARRIER_API_URL", default="https://api.easypost.com/v2"),
        "CARRIER_WEBHOOK_SECRET": env.str("CARRIER_WEBHOOK_SECRET", default=""),
        "CARRIER_SENDER": env.address("CARRIER_SENDER", default=""),
    }
    faults = {}
    try:
        env.seal()
    except EnvValidationError as error:
        texts: dict[str, list[str]] = dict(error.error_messages)  # type: ignore[arg-type]  # a mapping, by seal()'s word
        faults = {name: " ".join(map(str, lines)) for name, lines in texts.items()}
    if not values["ALLOWED_HOSTS"] and not values["DEMO"]:
        faults.setdefault("ALLOWED_HOSTS", "has to name the hosts that this shop answers to, separated by commas.")
    if values["PAYMENT_PROVIDER_API_KEY"] and not values["PAYMENT_PROVIDER_WEBHOOK_SECRET"]:
        faults.setdefault("PAYMENT_PROVIDER_WEBHOOK_SECRET", "has to be set where PAYMENT_PROVIDER_API_KEY is.")
    if values["CARRIER_API_KEY"]:
        for name in ("CARRIER_WEBHOOK_SECRET", "CARRIER_SENDER"):
            if not values[name]:
                faults.setdefault(name, "has to be set where CARRIER_API_KEY is.")
    if faults:
        lines = (f"  {name}: {text}" for name, text in sorted(faults.items()))
        sys.exit("\n".join(["The environment is not complete:", *lines]))
    return values
