"""Where there is nothing but the log, as after an import, processes come to where they were, and do nothing twice."""

from io import BytesIO
from typing import Any

import pytest

from eventstore import log, subscriptions, transfer
from eventstore.errors import Invalid
from eventstore.models import Checkpoint, DueDeadline, Noticed, OwedCommand, ProcessInstance
from eventstore.process.history import RetryCommand, SkipCommand
from eventstore.process.sending import send_owed
from tests.eventstore.pieces import count
from tests.log_room import empty
from tests.processes.errands import Weather, first
from tests.processes.errands.at_work import READER, begin, grant, helped, names, owed, pass_by, rest, stands, steer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("errands")]

KEPT = (ProcessInstance, Noticed, OwedCommand, DueDeadline)
OF_THE_ROW = {"id", "next_try_at", "attempts", "error", "correlation", "causation"}


def trade() -> None:
    """Errands of every kind; one was retried, one skipped, one compensated for."""
    begin("late", "ann", "bob", how="gently")
    rest()
    pass_by(31)
    begin("done", "ann", "bob")
    begin("waiting", "ann", how="gently")
    for errand in ("refused", "retried", "skipped"):
        begin(errand, "ann", how="not")
    begin("wet", "ann", how="broken")
    rest()
    grant("waiting", 60)
    ids = {each.stream.partition(":")[2]: each.command_id for each in OwedCommand.objects.all()}
    steer(RetryCommand(instance="errand:retried", command_id=ids["retried"], reason="Ann is back."))
    steer(SkipCommand(instance="errand:skipped", command_id=ids["skipped"], reason="It was done by hand."))
    rest()


def kept() -> list[list[dict[str, Any]]]:
    """All that is kept of processes, but for what is a row's own."""
    rows = [[*model._default_manager.order_by("stream", "pk").values()] for model in KEPT]
    return [[{name: value for name, value in row.items() if name not in OF_THE_ROW} for row in each] for each in rows]


def moved_to_another_database() -> None:
    """The log is exported, and imported where there is none."""
    file = BytesIO()
    transfer.export_log(file)
    empty()
    for model in (*KEPT, Checkpoint):
        model._default_manager.all().delete()
    file.seek(0)
    transfer.import_log(file)


def test_processes_go_on_after_an_import_as_if_nothing_had_been() -> None:
    trade()
    before, done, events = kept(), helped(), count("eventstore_event")
    moved_to_another_database()
    assert Checkpoint.objects.get(reader=READER).position > 0
    subscriptions.advance(READER)
    assert kept() == before
    waiting = OwedCommand.objects.filter(next_try_at=None).order_by("stream").values_list("stream", "error")
    assert list(waiting) == [(f"process-errand:{each}", "ann is away.") for each in ("refused", "retried")]
    Weather.bad = False
    rest()
    assert helped() - done == {"wet ann": 1}
    assert count("eventstore_event") == events + 2  # she has helped, and the errand is done
    pass_by(180)
    rest()
    assert {stands(errand) for errand in ("waiting", "refused", "retried", "skipped")} == {"GivenUp"}
    assert set(helped().values()) == {1}


def test_what_was_not_decided_on_yet_is_decided_on_after_the_import() -> None:
    trade()
    begin("new", "ann")
    moved_to_another_database()
    rest()
    assert (helped()["new ann"], stands("new")) == (1, "Done")


def test_a_log_of_which_no_process_has_decided_anything_is_read_from_its_beginning() -> None:
    begin("tea", "ann")
    moved_to_another_database()
    rest()
    assert helped() == {"tea ann": 1}


def test_a_refusal_that_an_export_has_only_the_receipt_of_is_told_after_the_import(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was appended since the log was numbered stays out of an export, but a receipt without events does not."""
    begin("tea", "ann", how="not")
    subscriptions.advance(READER)
    number = log.number

    def just_before_a_refusal() -> int:
        monkeypatch.undo()
        head = number()
        send_owed()
        return head

    monkeypatch.setattr(log, "number", just_before_a_refusal)
    moved_to_another_database()
    assert names("tea") == ["Reacted"]
    rest()
    assert names("tea") == ["Reacted", "CommandRefused"]
    assert owed() == [("helper-ann", 1, "ann is away.")]
    assert not helped()


def test_a_log_that_the_code_cannot_take_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("13 pieces are bad luck")

    trade()
    monkeypatch.setattr(first, "evolve", fail)
    said = "The process errand cannot go on from what the file holds: RuntimeError: 13 pieces are bad luck"
    with pytest.raises(Invalid, match=said):
        moved_to_another_database()
    assert (count("eventstore_event"), ProcessInstance.objects.count()) == (0, 0)
