"""Whoever asks whether something of a person is left is never told that nothing is, where it was not looked for."""

import gzip
import io
from pathlib import Path
from uuid import UUID

import pytest
from django.core.mail import EmailMultiAlternatives, mailers
from django.core.management import CommandError, call_command
from django.test import override_settings

from accounts.models import Partner
from config import traces
from config.traces_in_files import in_files
from tests.eventstore.pieces import rows

NOBODY = UUID(int=1)
NAME = "Jörg Müller-Lindenthal"


def asked(*folders: Path, known: str = NAME, stdin: io.StringIO | io.TextIOWrapper | None = None) -> str:
    """What `manage.py erased` answers."""
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", stdin or io.StringIO(known))
        call_command("erased", str(NOBODY), files=list(folders), stdout=out)
    return out.getvalue()


# Files


def test_a_folder_that_is_not_there_is_no_folder_in_which_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "shop.log").write_text(NAME)
    for place in (tmp_path / "nowhere", tmp_path / "shop.log"):
        with pytest.raises(CommandError, match=rf"^There is no folder {place}\.$"):
            asked(place)


def test_what_lies_behind_links_and_in_packed_logs_is_found_once(tmp_path: Path) -> None:
    logs, elsewhere = tmp_path / "logs", tmp_path / "elsewhere"
    logs.mkdir()
    elsewhere.mkdir()
    (logs / "current").symlink_to(elsewhere)
    (elsewhere / "back").symlink_to(logs)
    (elsewhere / "shop.log").write_text(f"sent to {NAME}")
    (elsewhere / "shop.log.1.gz").write_bytes(gzip.compress(f"sent to {NAME}".encode()))
    (elsewhere / "broken.gz").write_bytes(gzip.compress(NAME.encode())[:20])
    behind = logs / "current"
    assert list(in_files([NAME], [logs])) == [f"file: {behind / 'shop.log'}", f"file: {behind / 'shop.log.1.gz'}"]


@pytest.mark.django_db
def test_what_may_not_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(tmp_path / "shop.log"))

    (tmp_path / "shop.log").write_text("nothing")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(CommandError, match=r"shop\.log could not be looked into: Permission denied\.$"):
        asked(tmp_path)


@pytest.mark.parametrize("text", [f"Dear {NAME}", f"Dear {NAME}, {'and a line that is very long ' * 9}"])
def test_a_letter_is_opened_however_it_is_encoded(tmp_path: Path, text: str) -> None:
    lay(tmp_path / "named", EmailMultiAlternatives("A letter", "Dear nobody", to=[f"{NAME} <clara@example.com>"]))
    lay(tmp_path / "plain", EmailMultiAlternatives("A letter", text, to=["clara@example.com"]))
    both = EmailMultiAlternatives("A letter", "Dear nobody", to=["clara@example.com"])
    both.attach_alternative(f"<p>{text}</p>", "text/html")
    lay(tmp_path / "html", both)
    lay(tmp_path / "other", EmailMultiAlternatives("A letter", "Dear nobody", to=["nobody@example.com"]))
    found = [Path(each.removeprefix("file: ")).parent.name for each in in_files([NAME], [tmp_path])]
    assert found == ["html", "named", "plain"]


def lay(folder: Path, letter: EmailMultiAlternatives) -> None:
    """Lay a letter into a folder, behind another one."""
    backend = {"BACKEND": "django.core.mail.backends.filebased.EmailBackend", "OPTIONS": {"file_path": str(folder)}}
    with override_settings(MAILERS={"default": backend}):
        mailers["default"].send_messages([EmailMultiAlternatives("Another", "Dear x", to=["x@example.com"]), letter])


# The database, and what is asked


@pytest.mark.django_db
@pytest.mark.parametrize("name", ['Zed "Zebra" Unique', r"Zed \ Zebra", "It's Zed's"])
def test_quoted_text_is_found_in_rows_and_in_json(name: str) -> None:
    Partner.objects.create(name=name)
    rows("CREATE TABLE a_note (content jsonb)")
    rows("INSERT INTO a_note VALUES (jsonb_build_object('name', %s::text))", name)
    found = list(traces.in_database([name]))
    assert [each.rpartition(".")[2] for each in found] == ["a_note", "accounts_partner"]
    assert list(traces.in_database([name + "!"])) == []


@pytest.mark.django_db
def test_of_somebody_who_is_not_there_nothing_is_known() -> None:
    with pytest.raises(CommandError, match=f"^Nothing is known of a customer {NOBODY}\\.$"):
        call_command("erased", str(NOBODY), known=True)


@pytest.mark.django_db
def test_what_is_no_text_is_not_looked_for() -> None:
    for errors in ("strict", "surrogateescape"):
        stdin = io.TextIOWrapper(io.BytesIO(b"Zebra \xff\xfe"), encoding="utf-8", errors=errors)
        with pytest.raises(CommandError, match=r"^What stands on standard input is not UTF-8\.$"):
            asked(stdin=stdin)


@pytest.mark.django_db
def test_a_redis_that_is_away_is_said() -> None:
    with (
        override_settings(CELERY_BROKER_URL="redis://127.0.0.1:9/0"),
        pytest.raises(CommandError, match=r"^Redis could not be looked into: "),
    ):
        asked()
