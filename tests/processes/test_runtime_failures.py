"""What cannot be sent is tried again, and in the end shown to a person, who has it retried, skipped or compensated."""

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from eventstore import log
from eventstore.dispatch import Actor
from eventstore.errors import Forbidden
from eventstore.messages import Refused
from eventstore.models import OwedCommand
from eventstore.process import sending
from eventstore.process.history import CommandFailed, CommandRefused, CompensateProcess, RetryCommand, SkipCommand
from eventstore.subscriptions import advance
from tests.processes import errands
from tests.processes.errands import Call, ErrandBegun, Wanted, Weather, first
from tests.processes.errands.at_work import (
    OPERATOR,
    READER,
    begin,
    failing,
    happen,
    helped,
    history,
    names,
    owed,
    pass_by,
    reactions,
    rest,
    stands,
    steer,
    until_a_person_has_to_look,
    waits,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("errands")]

WHY = "Somebody has looked."


def retry(reason: str = WHY) -> RetryCommand:
    """The command that waits for a person is sent again."""
    return RetryCommand(instance="errand:tea", command_id=failing().command_id, reason=reason)


def skip(reason: str = WHY) -> SkipCommand:
    """The command that waits for a person is not sent."""
    return SkipCommand(instance="errand:tea", command_id=failing().command_id, reason=reason)


COMPENSATE = CompensateProcess(instance="errand:tea", reason=WHY, undoes=True)


def attempts() -> list[CommandFailed]:
    """The attempts that failed."""
    return [each.event for each in history("tea") if isinstance(each.event, CommandFailed)]


def test_a_refusal_that_is_fine_needs_nobody() -> None:
    begin("tea", "ann", how="gently")
    rest()
    assert names("tea") == ["Reacted", "CommandRefused", "Reacted"]
    assert reactions("tea")[-1].settles == reactions("tea")[0].owes[0].command_id
    assert owed() == []


def test_a_refusal_that_is_not_waits_for_a_person_in_the_words_of_the_business() -> None:
    begin("tea", "ann", how="not")
    rest()
    pass_by(20)
    rest()
    assert owed() == [("helper-ann", 1, "ann is away.")]
    [refused] = [each.event for each in history("tea") if each.name == "CommandRefused"]
    assert (refused.name, refused.sentence, refused.values) == ("Help", "{helper} is away.", {"helper": "ann"})
    assert stands("tea") == "Called"


def test_an_end_settles_no_refusal_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(state: first.Errand, event: Wanted) -> first.Errand:
        return first.GivenUp() if isinstance(event, CommandRefused) else evolve(state, event)

    evolve = first.evolve
    monkeypatch.setattr(first, "evolve", give_up)
    begin("tea", "ann", how="not")
    begin("soup", "bob", how="gently")
    rest()
    assert (stands("tea"), stands("soup"), waits()) == ("GivenUp", "GivenUp", [])
    assert [each.settles for each in reactions("tea")] == [None, None]
    assert owed() == [("helper-ann", 1, "ann is away.")]


def test_a_refusal_holds_up_nobody() -> None:
    happen(ErrandBegun(errand="tea", calls=(Call(helper="ann", how="not"), Call(helper="ann"))))
    rest()
    assert helped() == {"tea ann": 1}


def test_what_fails_is_tried_again_with_longer_and_longer_pauses_and_then_shown_to_a_person() -> None:
    begin("tea", "ann", how="broken", minutes=600)
    until_a_person_has_to_look()
    tried = attempts()
    assert [each.attempt for each in tried] == list(range(1, sending.ATTEMPTS + 1))
    assert {each.error for each in tried} == {"RuntimeError: It rains."}
    assert [each.next_try_at is None for each in tried] == [False] * (sending.ATTEMPTS - 1) + [True]
    assert owed() == [("helper-ann", sending.ATTEMPTS, "RuntimeError: It rains.")]
    assert helped() == {}


def test_the_pauses_are_bounded_and_jittered() -> None:
    begin("tea", "ann", how="broken", minutes=600)
    until_a_person_has_to_look()
    failed = [each for each in history("tea") if isinstance(each.event, CommandFailed)]
    for place, each in enumerate(failed[:-1]):
        assert each.event.next_try_at
        pause = (each.event.next_try_at - each.recorded_at).total_seconds()
        longest = min(sending.FIRST_PAUSE * 2**place, sending.LONGEST_PAUSE)
        assert longest / 2 - 1 < pause <= longest


def test_nothing_is_tried_before_its_time() -> None:
    begin("tea", "ann", how="broken")
    rest()
    rest()
    assert [each.attempt for each in attempts()] == [1]


def test_what_heals_by_itself_needs_nobody() -> None:
    begin("tea", "ann", how="broken")
    rest()
    Weather.bad = False
    pass_by(1)
    rest()
    assert (helped(), owed(), stands("tea")) == ({"tea ann": 1}, [], "Done")


def test_one_that_fails_stops_no_other() -> None:
    begin("tea", "ann", how="broken")
    begin("coffee", "bob")
    rest()
    assert helped() == {"coffee bob": 1}


def test_a_command_that_no_code_knows_any_more_waits_as_every_failure() -> None:
    begin("tea", "ann")
    advance(READER)
    OwedCommand.objects.update(name="Whistle")
    rest()
    assert owed() == [("helper-ann", 1, "Invalid: No decider takes a command 'Whistle'.")]


def test_a_transaction_that_a_command_has_broken_is_repaired(monkeypatch: pytest.MonkeyPatch) -> None:
    begin("tea", "ann", "bob")
    advance(READER)
    send = sending.send

    def stumble(row: OwedCommand) -> Refused | None:
        if row.addressee == "helper-ann":
            OwedCommand.objects.create(command_id=row.command_id, owed_since=row.owed_since)  # which is there already
        return send(row)

    monkeypatch.setattr(sending, "send", stumble)
    sending.send_owed()
    assert helped() == {"tea bob": 1}
    [(addressee, tries, error)] = owed()
    assert (addressee, tries) == ("helper-ann", 1)
    assert error.startswith("IntegrityError")


def test_a_retry_sends_it_under_a_new_id() -> None:
    begin("tea", "ann", how="broken", minutes=600)
    until_a_person_has_to_look()
    Weather.bad = False
    former = failing().command_id
    steer(retry())
    rest()
    assert helped() == {"tea ann": 1}
    [retried] = [each.event for each in history("tea") if each.name == "CommandRetried"]
    assert (retried.command_id, retried.reason) == (former, WHY)
    [help_given] = [each for each in log.read_log() if each.name == "Helped"]
    assert help_given.command == retried.as_id != former
    assert owed() == []


def test_a_retry_may_be_refused_again_and_retried_again() -> None:
    begin("tea", "ann", how="not")
    rest()
    for _ in range(3):
        former = failing().command_id
        steer(retry())
        rest()
        assert failing().command_id != former
    assert names("tea").count("CommandRefused") == 4


def test_what_is_skipped_is_not_sent_and_lets_go_what_is_behind_it() -> None:
    happen(ErrandBegun(errand="tea", calls=(Call(helper="ann", how="broken"), Call(helper="ann")), minutes=600))
    until_a_person_has_to_look()
    assert [tries for _, tries, _ in owed()] == [sending.ATTEMPTS, 0]
    steer(skip())
    rest()
    assert (helped(), owed()) == ({"tea ann": 1}, [])
    [skipped] = [each.event for each in history("tea") if each.name == "CommandSkipped"]
    assert (skipped.name, skipped.reason) == ("Help", WHY)


def test_compensation_is_the_processs_own_work_and_settles_what_waits() -> None:
    begin("tea", "ann", "bob", how="not")
    rest()
    assert len(owed()) == 2
    steer(COMPENSATE)
    rest()
    assert (helped(), owed(), stands("tea")) == ({"tea boss": 1}, [], "GivenUp")
    with pytest.raises(Refused, match="This was undone already"):
        steer(COMPENSATE)


def test_what_a_person_does_has_a_receipt_and_is_in_the_history_with_their_name() -> None:
    begin("tea", "ann", how="not")
    rest()
    ids = [steer(retry())]
    rest()
    ids.append(steer(skip()))
    rest()
    receipts = [log.receipt_of(each) for each in ids]
    assert [(each.name, each.actor) for each in receipts if each] == [("RetryCommand", "olga"), ("SkipCommand", "olga")]
    done = [(each.name, each.actor, each.command) for each in history("tea") if each.actor == "olga"]
    assert done == [("CommandRetried", "olga", ids[0]), ("CommandSkipped", "olga", ids[1])]


def test_a_person_says_why_and_only_once_and_only_where_something_waits() -> None:
    begin("tea", "ann", how="not")
    rest()
    for command in (retry(" "), skip("")):
        with pytest.raises(Refused, match="Say why"):
            steer(command)
    again = skip()
    steer(again)
    for late in (again, RetryCommand(instance="errand:tea", command_id=again.command_id, reason=WHY)):
        with pytest.raises(Refused, match="does not wait for anybody any more"):
            steer(late)
    with pytest.raises(Refused, match="Nothing has gone wrong here"):
        steer(COMPENSATE)
    with pytest.raises(Refused, match="does not wait for anybody"):
        steer(SkipCommand(instance="errand:unheard-of", command_id=uuid7(), reason=WHY))


def test_only_operators_decide_what_becomes_of_it() -> None:
    begin("tea", "ann", how="not")
    rest()
    with pytest.raises(Forbidden):
        steer(skip(), Actor("clara", frozenset({"customer"})))
    steer(skip(), OPERATOR)


def test_what_a_fault_says_never_keeps_it_from_being_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending.logger, "disabled", True)  # between test processes no half a surrogate is handed on
    asked = errands.decide

    def decide(command: Any, state: Any) -> Any:
        if command.errand == "wet":
            raise RuntimeError("It \0 rains \ud800." + "!" * 100_000)
        return asked(command, state)

    monkeypatch.setattr(errands, "decide", decide)
    begin("wet", "ann")
    begin("tea", "bob")
    rest()
    assert helped() == {"tea bob": 1}
    [failure] = [each.event for each in history("wet") if isinstance(each.event, CommandFailed)]
    assert failure.error.startswith("RuntimeError: It \N{REPLACEMENT CHARACTER} rains ?.!")
    assert len(failure.error) == 2000
