"""Operators see on their screens what processes wait for, and have what went wrong sent again, skipped or undone."""

import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from uuid_utils.compat import uuid7

from accounts.domain.roles import OPERATIONS
from config import subscriptions
from eventstore.models import OwedCommand
from eventstore.process import CompensationAsked, runtime
from tests.processes.errands.at_work import begin, failing, helped, names, rest
from tests.shop import browsing, hidden, read, somebody

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("errands")]


@pytest.fixture
def olga() -> Client:
    return browsing(somebody(OPERATIONS, "Olga Ott"))


def do(client: Client, address: str, because: str) -> Any:
    page = client.get(address)
    return client.post(address, {**hidden(page), "reason": because}, follow=True)


def address(how: str) -> str:
    return f"/operations/instances/errand:tea/commands/{failing().command_id}/{how}/"


def test_what_waits_for_a_person_is_listed_with_what_was_said(olga: Client) -> None:
    begin("tea", "ann", how="not")
    rest()
    page = read(olga.get("/operations/processes/"))
    assert "Waits for a person" in page
    assert "ann is away." in page
    page = read(olga.get("/operations/processes/errand/"))
    assert "tea" in page
    page = read(olga.get("/operations/instances/errand:tea/"))
    assert "Sends Help." in page
    assert "Help was refused: ann is away." in page


def test_where_nothing_went_wrong_it_says_so(olga: Client) -> None:
    assert "Everything that was to be sent could be sent." in read(olga.get("/operations/processes/"))
    assert "No instance of it runs." in read(olga.get("/operations/processes/errand/"))


def test_an_operator_has_a_command_sent_again(olga: Client) -> None:
    begin("tea", "ann", how="not")
    rest()
    OwedCommand.objects.update(content=b'{"helper":"ann","errand":"tea"}')  # who is back
    retry = address("retry")
    for because in ("", "Ann is back."):
        assert "Choose why." in read(do(olga, retry, because))
    assert "It is sent again, under a new id." in read(do(olga, retry, "What was wrong is mended."))
    rest()
    assert helped() == {"tea ann": 1}
    assert "Had it sent again: What was wrong is mended." in read(olga.get("/operations/instances/errand:tea/"))
    assert "This does not wait for anybody any more." in read(olga.get(retry))


def test_an_operator_has_a_command_skipped(olga: Client) -> None:
    begin("tea", "ann", how="not")
    rest()
    do(olga, address("skip"), "It can never be done.")
    rest()
    assert not OwedCommand.objects.exists()
    assert "Had Help skipped: It can never be done." in read(olga.get("/operations/instances/errand:tea/"))
    page = read(olga.get("/operations/instances/errand:tea/", headers={"accept-language": "de"}))
    assert "Es wird nie möglich sein." in page


def test_who_decided_at_a_terminal_stands_beside_what_they_decided(olga: Client) -> None:
    begin("tea", "ann", how="not")
    rest()
    about = ("errand:tea", str(failing().command_id))
    call_command("processes", "skip", *about, because="impossible", by="Otto of the night shift", stdout=StringIO())
    rest()
    page = read(olga.get("/operations/instances/errand:tea/"))
    assert re.search(r"Had Help skipped: It can never be done\..{1,40}, Otto of the night shift", page), page
    assert page.count("Otto of the night shift") == 1


def test_an_operator_has_a_process_undo_what_it_did(olga: Client) -> None:
    begin("tea", "ann", how="not")
    rest()
    do(olga, "/operations/instances/errand:tea/compensate/", "It is not wanted any more.")
    rest()
    assert "Asked to undo what was done: It is not wanted any more." in read(
        olga.get("/operations/instances/errand:tea/")
    )


def test_a_process_that_undoes_nothing_is_not_asked_to(olga: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    errand = runtime.processes()["errand"]
    monkeypatch.setattr(errand, "heeds", tuple(each for each in errand.heeds if each is not CompensationAsked))
    begin("tea", "ann", how="not")
    rest()
    undo, sentence = "/operations/instances/errand:tea/compensate/", "This process undoes nothing."
    page = read(olga.get(undo))
    assert sentence in page
    assert "Has the process undo what it did so far" not in page
    sent = {"command_id": str(uuid7()), "reason": "There is another reason."}
    assert sentence in read(olga.post(undo, sent))
    with pytest.raises(CommandError, match=sentence):
        call_command("processes", "compensate", "errand:tea", "--because", "mended", "--by", "olga@example.com")
    rest()
    assert failing().name == "Help"
    assert names("tea") == ["Reacted", "CommandRefused"]


def test_of_the_shops_processes_those_undo_what_they_did_that_carry_an_order() -> None:
    assert {each.name for each in subscriptions.PROCESSES if each.undoes} == {"prepaid", "on_account"}


@pytest.mark.parametrize("name", ["/operations/processes/nothing/", "/operations/instances/errand:nothing/"])
def test_what_is_not_there_is_not_found(olga: Client, name: str) -> None:
    assert olga.get(name).status_code == 404


def test_a_command_that_waits_for_nobody_cannot_be_steered(olga: Client) -> None:
    begin("tea", "ann", how="not")
    rest()
    gone = f"/operations/instances/errand:tea/commands/{uuid7()}/retry/"
    assert "This does not wait for anybody any more." in read(olga.get(gone))
    sent = {"command_id": str(uuid7()), "reason": "There is another reason."}
    response = olga.post(gone, sent)
    assert response.status_code == 422
    assert "This does not wait for anybody any more." in read(response)
