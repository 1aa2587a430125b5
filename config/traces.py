"""Traces: where in the database and in Redis something that is known of a person still stands."""

import base64
import json
from collections.abc import Iterable, Iterator
from typing import Any

import redis
from django.db import ProgrammingError, connection
from psycopg import sql
from psycopg.errors import UndefinedTable

from accounts.models import Session

SHORTEST = 4  # letters; less of a name stands in many a word

OUR_TABLES = """
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    ORDER BY 1, 2
"""


def forms_of(text: str) -> set[str]:
    """What a text looks like where it is written as it is, in JSON, as bytes in hexadecimal, or in base64."""
    plain = text.encode()
    shifted = (base64.b64encode(b" " * shift + plain).decode() for shift in range(3))
    # The first letters and the last ones of base64 also depend on what stands beside the text.
    inside = (part.rstrip("=")[4 * (place > 0) : -1] for place, part in enumerate(shifted))
    return {text.casefold(), json.dumps(text)[1:-1].casefold(), plain.hex(), *filter(is_telling, inside)}


def in_rows(text: str) -> set[str]:
    """The same as PostgreSQL writes them into the text of a whole row, where it doubles what it quotes with."""
    return {written for form in forms_of(text) for written in (form, form.replace("\\", "\\\\").replace('"', '""'))}


def is_telling(part: str) -> bool:
    """Whether so many letters in a row are no accident."""
    return len(part) >= 8


def in_database(known: Iterable[str]) -> Iterator[str]:
    """The tables of every schema in which one of these texts stands, in any of its forms; and sessions, opened."""
    texts = sorted({form for text in known for form in in_rows(text)})
    with connection.cursor() as cursor:
        cursor.execute(OUR_TABLES)
        for schema, table in cursor.fetchall():
            look = sql.SQL("SELECT count(*) FROM {} t WHERE lower(t::text) LIKE ANY(%s)")
            patterns = [f"%{escaped(text.lower())}%" for text in texts]
            try:
                cursor.execute(look.format(sql.Identifier(schema, table)).as_string(cursor.connection), [patterns])
            except ProgrammingError as error:
                if isinstance(error.__cause__, UndefinedTable):
                    continue  # a read model was built anew meanwhile, and its former table is gone
                raise
            if count := cursor.fetchone()[0]:
                yield f"database: {count} rows of {schema}.{table}"
    for session in Session.objects.iterator():
        if stands_in(str(session.get_decoded()), texts):
            yield f"database: a session of {session.user_id or 'nobody'}"


def escaped(text: str) -> str:
    """A text that LIKE looks for as it is."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def in_redis(known: Iterable[str], address: str) -> Iterator[str]:
    """The keys of a Redis, such as Celery's queues, in which one of these texts stands."""
    texts = {form for text in known for form in forms_of(text)}
    client = redis.Redis.from_url(address)
    for key in client.scan_iter():
        if stands_in(f"{key!r} {opened(value_of(client, key))}", texts):
            yield f"redis: {key.decode(errors='replace')}"


def value_of(client: Any, key: bytes) -> list[bytes]:
    """All that is kept under a key, of whatever kind it is."""
    match client.type(key):
        case b"string":
            return [client.get(key) or b""]
        case b"list":
            return list(client.lrange(key, 0, -1))
        case b"set":
            return list(client.smembers(key))
        case b"zset":
            return list(client.zrange(key, 0, -1))
        case b"hash":
            return [part for pair in client.hgetall(key).items() for part in pair]
        case b"none":
            return []  # it ran out, or was taken, between two looks
        case other:
            raise ValueError(f"Nobody looks into a {other.decode()} of Redis yet: {key!r}.")


def opened(parts: list[bytes]) -> str:
    """What is kept, and once more with the bodies of Celery's messages opened."""
    said = []
    for part in parts:
        said.append(part.decode(errors="replace"))
        try:
            said.append(base64.b64decode(json.loads(part)["body"]).decode(errors="replace"))
        except (ValueError, KeyError, TypeError):
            continue
    return " ".join(said)


def stands_in(where: str, texts: Iterable[str]) -> bool:
    """Whether one of these texts stands there, in whatever case."""
    folded, lower = where.casefold(), where.lower()
    return any(text in where or text.casefold() in folded or text.lower() in lower for text in texts)
