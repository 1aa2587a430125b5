"""A PostgreSQL and a Redis that the environment names instead of ours: there, or a sentence that says why not.

Their drivers are only imported when they are needed: keepers do without.
"""

from urllib.parse import urlsplit

from config.services.errors import CannotStart

SECONDS_TO_ANSWER = 5


def check_given(variable: str, url: str) -> None:
    """Raise CannotStart unless what `variable` names can be reached."""
    if reason := CHECKS[variable](url):
        raise CannotStart(f"{variable} names {without_password(url)}, which cannot be used: {' '.join(reason.split())}")


def without_password(url: str) -> str:
    """Host, port and name of `url`, which may be shown to anybody."""
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2] + parts.path


def why_no_database(url: str) -> str:
    """The reason why nobody can connect; empty when one can."""
    import dj_database_url
    import psycopg
    from psycopg.conninfo import make_conninfo

    try:
        parsed = dj_database_url.parse(url)
    except ValueError:
        return ""  # the settings have a sentence of their own for what is no address at all
    names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password", "NAME": "dbname"}
    known = {names[name]: str(value) for name, value in parsed.items() if name in names and value}
    known |= {name: str(value) for name, value in parsed.get("OPTIONS", {}).items() if name.startswith("ssl")}
    try:
        psycopg.connect(make_conninfo(connect_timeout=SECONDS_TO_ANSWER, **known)).close()
    except psycopg.Error as error:
        return str(error)
    return ""


def why_no_redis(url: str) -> str:
    """The reason why nobody can ask; empty when one can."""
    import redis

    try:
        client = redis.Redis.from_url(url, socket_connect_timeout=SECONDS_TO_ANSWER, socket_timeout=SECONDS_TO_ANSWER)
    except ValueError:
        return ""
    try:
        client.ping()
    except redis.RedisError as error:
        return str(error)
    finally:
        client.close()
    return ""


CHECKS = {"DATABASE_URL": why_no_database, "REDIS_URL": why_no_redis}
