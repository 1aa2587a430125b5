"""An instance keeps the version that it began with; and a state whose code is another is made again, not thought up."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest

from eventstore import subscriptions
from eventstore.messages import Request, State
from eventstore.models import Checkpoint, DueDeadline, OwedCommand, Parked, ProcessInstance
from eventstore.process import Process, Send, Wait, rows, runtime
from eventstore.process.secrecy import ask_open, ask_open_request, ask_open_states
from eventstore.readers import readers
from orders.domain.order import OrderPlaced, PlaceOrder
from tests.processes.errands import (
    Confide,
    ErrandBegun,
    ErrandCancelled,
    Helped,
    TimeGranted,
    Wanted,
    errand_of,
    first,
    second,
)
from tests.processes.errands.at_work import (
    READER,
    begin,
    deploy,
    grant,
    helped,
    names,
    pass_by,
    reactions,
    rest,
    stands,
)
from tests.processes.errands.subscriptions import PROCESSES

type Granted = TimeGranted | Helped
type Both = ErrandCancelled | Granted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("errands")]


def test_instances_of_both_versions_run_side_by_side_each_by_its_own_rules() -> None:
    begin("old", "ann", how="not")
    rest()
    deploy({1: first, 2: second})
    begin("new", "ann", how="not")
    rest()
    assert helped() == {"new boss": 1}
    assert dict(ProcessInstance.objects.values_list("key", "version")) == {"old": 1, "new": 2}
    pass_by(30)
    rest()
    assert (stands("old"), stands("new")) == ("GivenUp", "Called")
    pass_by(60)
    rest()
    assert stands("new") == "GivenUp"


def twin() -> Process:
    """A process that does the same as errands do, and is added to a shop in which they run."""
    return Process(
        "twin", wants=Wanted, begins=[ErrandBegun], instance=errand_of, policies={1: first}, state=first.Errand, ends=[]
    )


def test_a_process_that_is_added_decides_nothing_anew_that_was_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    begin("old", "ann")
    rest()
    monkeypatch.setitem(runtime.processes(), "twin", twin())
    monkeypatch.setitem(readers(), "process:twin", runtime.reader(twin()))
    rest()
    assert helped() == {"old ann": 1}
    begin("new", "bob")
    rest()
    assert helped() == {"old ann": 1, "new bob": 2}


def test_processes_of_a_new_log_begin_together_whoever_reads_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(runtime.processes(), "twin", twin())
    monkeypatch.setitem(readers(), "process:twin", runtime.reader(twin()))
    begin("tea", "ann")
    subscriptions.advance(READER)
    rest()
    assert helped() == {"tea ann": 2}


def test_a_worker_with_older_code_leaves_the_instances_alone() -> None:
    deploy({1: first, 2: second})
    begin("new", "ann")
    rest()
    position = Checkpoint.objects.get(reader=READER).position
    deploy({1: first})
    begin("newer", "ann")
    assert subscriptions.advance(READER) == 0
    assert Checkpoint.objects.get(reader=READER).position == position
    deploy({1: first, 2: second})
    rest()
    assert helped()["newer boss"] == 1


def test_a_version_that_is_still_needed_is_missed_by_name() -> None:
    begin("old", "ann", how="not")
    rest()
    deploy({2: second})
    grant("old", 60)
    rest()
    assert [each.error for each in Parked.objects.all()] == [
        "Invalid: Instances of errand run under version 1, which is not in the code."
    ]


def test_a_state_of_another_shape_is_made_again() -> None:
    begin("tea", "ann", "bob", how="not")
    rest()
    ProcessInstance.objects.update(shape="of former code", state=b"{}")
    grant("tea", 60)
    rest()
    row = ProcessInstance.objects.get()
    [process] = PROCESSES
    assert row.shape == rows.shape(process, 1)
    found = rows.instance_of(process, row)
    assert found
    assert found.state == first.Called(errand="tea", left=("ann", "bob"))


def test_a_state_that_cannot_be_read_is_made_again() -> None:
    begin("tea", "ann", how="not")
    rest()
    ProcessInstance.objects.update(state=b"no JSON")
    grant("tea", 60)
    rest()
    assert stands("tea") == "Called"
    assert not Parked.objects.exists()


def patient(minutes: int) -> ModuleType:
    """A policy that waits that much longer than the first one."""

    def react(before: Any, event: Wanted, after: Any, at: datetime) -> Sequence[Any]:
        longer = timedelta(minutes=minutes)
        todo = first.react(before, event, after, at)
        return [each._replace(until=each.until + longer) if isinstance(each, Wait) else each for each in todo]

    made = ModuleType(first.__name__)
    made.__dict__.update(initial=first.initial, evolve=first.evolve, react=react)
    return made


def test_what_was_decided_stays_decided_also_where_the_code_would_decide_otherwise_today() -> None:
    """A state that is made again waits for the deadline that it was given, or it would wait for ever."""
    begin("tea", "ann", how="not")
    rest()
    deploy({1: patient(minutes=60)})
    ProcessInstance.objects.update(shape="of former code")
    pass_by(31)
    rest()
    assert (stands("tea"), names("tea").count("DeadlineReached")) == ("GivenUp", 1)
    assert not DueDeadline.objects.exists()


def test_code_beside_the_policy_counts_as_its_own(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    room = tmp_path / "smallroom"
    (room / "processes").mkdir(parents=True)
    (room / "__init__.py").touch()
    (room / "processes" / "__init__.py").touch()
    (room / "processes" / "policy.py").write_text("initial = None\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    from smallroom.processes import policy  # type: ignore[import-not-found]  # it has only just been made

    def fingerprint() -> str:
        process = Process(
            "small", wants=Wanted, begins=[], instance=errand_of, policies={1: policy}, state=first.Errand, ends=[]
        )
        return rows.shape(process, 1)

    before = fingerprint()
    assert fingerprint() == before
    (room / "goods.py").write_text("DAYS = 3\n")
    assert fingerprint() != before


def test_a_command_that_carries_personal_data_is_owed_by_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def tell_a_secret(*_: Any) -> Sequence[Any]:
        return [Send(Confide(helper="ann", secret="The key is under the mat."))]

    monkeypatch.setattr(first, "react", tell_a_secret)
    begin("tea", "ann")
    rest()
    assert [each.error for each in Parked.objects.all()] == [
        "ValueError: Confide.secret is personal: no process may send it, as it would lie open."
    ]
    assert (reactions("tea"), OwedCommand.objects.count()) == ([], 0)


def test_an_address_is_sent_by_no_process_and_kept_in_no_state() -> None:
    with pytest.raises(ValueError, match=r"PlaceOrder\.delivery_address is personal"):
        ask_open(PlaceOrder)
    with pytest.raises(ValueError, match="The process shipping: Address is personal"):
        ask_open_states("shipping", tuple[OrderPlaced, ...])


class CallThem(Request):
    telephone: str


class Calling(State):
    email: str
    of: UUID


def test_a_field_of_its_own_with_the_name_of_one_that_is_sealed_is_kept_in_no_request_and_in_no_state() -> None:
    with pytest.raises(ValueError, match=r"CallThem\.telephone is personal: no process may ask"):
        ask_open_request(CallThem)
    with pytest.raises(ValueError, match=r"The process shipping: Calling\.email is personal"):
        ask_open_states("shipping", first.Done | Calling)


def test_a_union_may_have_others_in_it() -> None:
    process = Process(
        "small", wants=Both, begins=[], instance=errand_of, policies={1: first}, state=first.Errand, ends=[]
    )
    assert process.heeds == (ErrandCancelled, TimeGranted, Helped)


def test_an_event_that_begins_an_instance_is_one_that_the_process_wants() -> None:
    with pytest.raises(ValueError, match=r"^The process small begins with ErrandBegun, which is not in its wants\.$"):
        Process(
            "small",
            wants=Both,
            begins=[ErrandCancelled, ErrandBegun],
            instance=errand_of,
            policies={1: first},
            state=first.Errand,
            ends=[],
        )


def test_a_state_in_which_an_instance_ends_is_one_that_it_can_come_to() -> None:
    with pytest.raises(ValueError, match=r"^The process small ends with Calling, which is not in its state\.$"):
        Process(
            "small",
            wants=Both,
            begins=[],
            instance=errand_of,
            policies={1: first},
            state=first.Errand,
            ends=[first.Done, Calling],
        )
