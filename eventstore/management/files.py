"""The file that a log is exported to or imported from: gzipped if its name says so, or a standard stream for a dash."""

import gzip
import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from eventstore.errors import Invalid

GZIP_LEVEL = 6


@contextmanager
def writing(name: str) -> Iterator[BinaryIO]:
    """A new file that only its owner may read; on the disk when the block is done, and gone again when it fails."""
    if name == "-":
        with _faults("The standard output"):
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        return
    with (
        _faults(name or "A file without a name"),
        os.fdopen(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
    ):
        try:
            if name.endswith(".gz"):
                with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=GZIP_LEVEL) as zipped:
                    yield cast(BinaryIO, zipped)
            else:
                yield file
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            Path(name).unlink()
            raise


@contextmanager
def reading(name: str) -> Iterator[BinaryIO]:
    """A file that is there."""
    if name == "-":
        with _faults("The standard input"):
            yield sys.stdin.buffer
        return
    with _faults(name or "A file without a name"), Path(name).open("rb") as file:
        if name.endswith(".gz"):
            with gzip.GzipFile(fileobj=file) as unzipped:
                yield cast(BinaryIO, unzipped)
        else:
            yield file


@contextmanager
def _faults(name: str) -> Iterator[None]:
    """Turn what is wrong with the file into a sentence."""
    try:
        yield
    except KeyboardInterrupt:
        raise Invalid("Stopped before the end: nothing was imported, and no file was written.") from None
    except BrokenPipeError:
        raise Invalid("Whoever read the export has gone before its end.") from None
    except FileExistsError:
        raise Invalid(f"{name} exists already, and an export overwrites nothing.") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
        raise Invalid(f"{name} is cut off, damaged, or not compressed at all: {fault}") from fault
    except OSError as fault:
        raise Invalid(f"{name} cannot be used: {fault.strerror}.") from fault
