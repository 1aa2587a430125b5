"""The embedded PostgreSQL and Redis of the demo and the tests: there while somebody uses them, and no longer."""

import shutil
import tempfile
from collections.abc import Iterator, MutableMapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from config.services.errors import CannotStart
from config.services.given import check_given, without_password
from config.services.place import PASSABLE, Place, data_directory, kept_secrets, make_passable, new_secrets
from config.services.use import is_kept, used

__all__ = ["CannotStart", "data_directory", "embedded", "is_kept", "running", "throwaway", "unstarted"]
__all__ += ["without_password"]

SERVERS = {"DATABASE_URL": "postgres", "REDIS_URL": "redis"}
NOWHERE = {"DATABASE_URL": "postgresql://nowhere.invalid/shop", "REDIS_URL": "redis://nowhere.invalid"}
WHOSE = (
    "DATABASE_URL names a database, and SECRET_KEY is not set. If that database is a demo's, set DEMO=true, too;"
    " if it is a shop's, set everything that an installation sets."
)
Environment = MutableMapping[str, str]


@contextmanager
def running(environ: Environment, *, data: Path | None = None) -> Iterator[Path]:
    """Fill in what `environ` lacks to run the shop, with servers that run at least as long as the block does.

    DATABASE_URL, REDIS_URL, SECRET_KEY, PERSONAL_DATA_KEYS and DEMO=true. The data are kept in the directory `data`,
    which is also what is given back. Raises CannotStart, also where a database is named and nobody says that it is a
    demo's.
    """
    if environ.get("DATABASE_URL") and environ.get("DEMO") != "true":
        raise CannotStart(WHOSE)  # or else a shop's would be filled by people who are made up
    data = data or data_directory(environ)
    with _filled(environ, data, durable=True, temporary=False):
        yield data


@contextmanager
def throwaway(environ: Environment, *, durable: bool = False) -> Iterator[Path]:
    """Do the same as `running` in a new directory, which is deleted afterwards, even if we are killed.

    Unless it is to be `durable`, PostgreSQL does not wait for the disk: fast, and no use for measurements.
    """
    data = Path(tempfile.mkdtemp(prefix="mail-order-"))
    data.chmod(PASSABLE)
    try:
        with _filled(environ, data, durable=durable, temporary=True):
            yield data
    finally:
        shutil.rmtree(data, ignore_errors=True)


@contextmanager
def unstarted(environ: Environment) -> Iterator[None]:
    """Fill in what `environ` lacks for a command that uses no server."""
    with ExitStack() as after:
        _fill(environ, NOWHERE | new_secrets() | {"DEMO": "true"}, after)
        yield


def embedded(data: Path, environ: Environment) -> dict[str, Place]:
    """Those of DATABASE_URL and REDIS_URL that name a server of `data`, and not one from elsewhere."""
    places = ((variable, Place(data, server)) for variable, server in SERVERS.items())
    return {
        variable: place
        for variable, place in places
        if (address := place.address()) and address.url == environ[variable]
    }


@contextmanager
def _filled(environ: Environment, data: Path, *, durable: bool, temporary: bool) -> Iterator[None]:
    with ExitStack() as after:
        try:
            make_passable(data)
            _keep_compiled(environ, data, after)
            for variable, server in SERVERS.items():
                if url := environ.get(variable):
                    check_given(variable, url)
                else:
                    place = Place(data, server, durable=durable, throwaway=temporary)
                    _fill(environ, {variable: after.enter_context(used(place))}, after)
            kept = kept_secrets(data)
        except OSError as fault:
            raise CannotStart(
                f"The data directory {data} cannot be used: {fault.strerror}, {fault.filename}."
            ) from None
        _fill(environ, {name: kept[name] for name in new_secrets()} | {"DEMO": "true"}, after)
        yield


def _keep_compiled(environ: Environment, data: Path, after: ExitStack) -> None:
    """Where Python may not write beside the code, it writes in `data`: or each of a dozen programs compiles it all."""
    if silent := environ.pop("PYTHONDONTWRITEBYTECODE", None):
        after.callback(environ.__setitem__, "PYTHONDONTWRITEBYTECODE", silent)
        _fill(environ, {"PYTHONPYCACHEPREFIX": str(data / "compiled")}, after)


def _fill(environ: Environment, values: dict[str, str], after: ExitStack) -> None:
    for name, value in values.items():
        if not environ.get(name):
            environ[name] = value
            after.callback(environ.pop, name, None)
