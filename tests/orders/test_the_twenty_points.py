"""What holds for every screen: docs/screens.md names the tests of each point; these go over all screens at once."""

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.domain.roles import CUSTOMER, CUSTOMER_SERVICE, FINANCE, WAREHOUSE
from eventstore import clock, log
from eventstore.streams import categories
from orders.domain.money import Money
from projections.engine import waiting
from tests import factories
from tests.addresses import belongings
from tests.orders.done import Answered, Done, done, forgotten
from tests.orders.money_room import paid_by_card
from tests.orders.story import Story
from tests.orders.visits import visits
from tests.reading import Element, Page
from tests.shop import MUG, open_shop, send, somebody

MOST_QUERIES = 12
# The first word of each command; to record a pick is to pick, and to set a notice aside is none of a stream's commands.
VERBS = {re.findall("[A-Z][a-z]+", kind.__name__)[0] for category in categories() for kind in category.commands}
VERBS |= {"Pick", "Set"}
SAYS_NOTHING = {"edit", "save", "submit", "update", "delete", "ok", "continue", "confirm", "next"}
# What a task does is said before it is done; but for those that do no more than their name says.
DOES_WHAT_IT_SAYS = {
    "orders:pick_shipment",
    "accounts:change_contact_details",
    "accounts:add_delivery_address",
    "orders:count_stock",  # the difference to the books stands among the answers to be checked
    "orders:place_order_check",  # all of it says what is about to be done
}
# What they decide is kept beside the log, and not in it: no command is made of it, whose id could be spoilt.
WITHOUT_COMMAND = {"orders:skip_event", "orders:set_notice_aside"}
# What they are about is nothing that others change, or it changes all the time without mattering to whoever does it.
OF_NO_VERSION = {
    "orders:place_order_check",
    "orders:request_return",
    "orders:receive_stock",
    "orders:write_off_stock",
    "orders:count_stock",
    "orders:list_product",
    "accounts:change_contact_details",
    "accounts:add_delivery_address",
    "accounts:remove_delivery_address",
    "accounts:erase_my_data",
    # What has gone wrong waits for a person, or it does not.
    *WITHOUT_COMMAND,
    "orders:retry_command",
    "orders:skip_command",
    "orders:compensate_process",
}
# There is more of the same to be done, or it can be done otherwise; who scans a piece too many is told so.
CAN_BE_DONE_AGAIN = {
    "accounts:add_delivery_address",
    "accounts:change_contact_details",
    "orders:answer_backorder",
    "orders:cancel_lines",
    "orders:change_delivery_address",
    "orders:change_price",
    "orders:count_stock",
    "orders:goodwill_refund",
    "orders:inspect_return",
    "orders:list_product",
    "orders:pick_shipment",
    "orders:receive_stock",
    "orders:record_bank_transfer",
    "orders:report_short_pick",
    "orders:write_off_stock",
}


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: Any) -> dict[str, Done]:
    """Every task, done once."""
    with django_db_blocker.unblock(), forgotten():
        open_shop()
        return {each.name: done(each) for each in Story(somebody(CUSTOMER, "Clara Vogel")).told()}


@pytest.fixture(scope="module")
def pages(django_db_setup: None, django_db_blocker: Any) -> dict[str, Answered]:
    """Every page of a shop in which something goes on."""
    with django_db_blocker.unblock(), forgotten():
        open_shop()
        clara = somebody(CUSTOMER, "Clara Vogel")
        return visits(clara, belongings(clara))


def test_every_task_has_its_part_in_the_story(story: dict[str, Done], pages: dict[str, Answered]) -> None:
    tasks = {name for name, each in pages.items() if each.page.all("form", "task") or each.page.all("div", "reason")}
    assert tasks - story.keys() == set()
    assert len(story) > 35
    assert {name: each.asked.status for name, each in story.items() if each.asked.status != 200} == {}


# 2
def test_titles_and_buttons_are_verbs_in_the_words_of_the_glossary(
    story: dict[str, Done], pages: dict[str, Answered]
) -> None:
    named = {name: [*each.asked.page.buttons, each.asked.page.all("h1")[0].text] for name, each in story.items()}
    del named["orders:place_order_check"][-1]  # "Check your answers", as point 4 has it
    assert {name: said for name, said in named.items() if not {first(each) for each in said} <= VERBS} == {}
    every = {name: each.page for name, each in pages.items()}
    vague = {name: {first(each).lower() for each in page.buttons} & SAYS_NOTHING for name, page in every.items()}
    assert {name: said for name, said in vague.items() if said} == {}
    choices = {name: {each.attributes.get("name") for each in page.all("select")} for name, page in every.items()}
    assert [name for name, fields in choices.items() if fields & {"status", "state", "stage"}] == []


def first(text: str) -> str:
    """The first word."""
    return text.partition(" ")[0]


# 4
def test_who_checks_their_answers_can_change_each(story: dict[str, Done]) -> None:
    checked = {name: each.check.page for name, each in story.items() if each.check}
    assert checked.keys() >= {"orders:goodwill_refund", "orders:write_off_refund", "orders:record_bank_transfer"}
    for name, page in checked.items():
        answers = [each.text.removesuffix(":") for each in page.all("dt", within="dl")]
        assert page.buttons[:-1] == [f"Change {answer}" for answer in answers], name
        assert page.all("input", type="text", within="main") == [], name


# 6
def test_what_is_wrong_stands_at_the_top_and_at_its_field_and_nothing_typed_is_lost(story: dict[str, Done]) -> None:
    assert {name for name, each in story.items() if each.wrong is None} == WITHOUT_COMMAND
    for name, each in story.items():
        for answer in filter(None, (each.wrong, each.blank, each.stale)):
            assert answer.status == 422, name
            assert amiss(answer.page) == [], name
        for answer in filter(None, (each.wrong, each.stale)):
            kept = {it.attributes.get("value", it.text) for it in answer.page.all()}
            assert set(each.typed.values()) <= kept, name


def amiss(page: Page) -> list[str]:
    """What is lacking on a page that says what is wrong."""
    summaries = page.all("div", "error-summary")
    if len(summaries) != 1:
        return ["one summary"]
    [summary] = summaries
    lacking = [] if page.title.startswith("Error: ") else ["title"]
    asked = {"role": "alert", "tabindex": "-1", "autofocus": ""}
    lacking += [name for name, value in asked.items() if summary.attributes.get(name) != value]
    said = page.inside(summary)
    linked = [each for each in said if each.tag == "a"]
    lacking += ["a sentence"] if not any(each.tag == "li" and each.text for each in said) else []
    return lacking + [f"{each.text}: {fault}" for each in linked for fault in amiss_at_its_field(page, each)]


def amiss_at_its_field(page: Page, link: Element) -> list[str]:
    """What is lacking at the field to which the summary leads."""
    field = page.with_id(link.attributes["href"].removeprefix("#"))
    if field is None:
        return ["leads nowhere"]
    [first_of_it] = [it for it in page.all() if it is field]
    around = [field, *(page.elements[place] for place in first_of_it.within)]
    described = " ".join(each.attributes.get("aria-describedby", "") for each in around).split()
    told = [it.text for it in map(page.with_id, described) if it and "error-text" in it.classes]
    return [] if any(link.text in each for each in told) else ["not said at the field"]


# 7
def test_a_task_that_cannot_be_done_says_why_in_the_rules_own_words_and_can_be_reached(
    story: dict[str, Done], pages: dict[str, Answered]
) -> None:
    every = {**pages, **{f"{name}, once it is done": each.afterwards for name, each in story.items()}}
    refused = {name: each for name, each in every.items() if each.page.all("div", "reason")}
    assert len(refused) > 10
    for name, each in refused.items():
        assert each.status == 200, name
        assert each.page.all("div", "reason")[0].text, name
        assert each.page.buttons == [], name
    closed = [(name, it) for name, each in every.items() for it in each.page.all("details", within="li")]
    assert closed
    for name, it in closed:
        title, reason, *_ = [inner for inner in every[name].page.inside(it) if inner.tag in {"summary", "p"}]
        assert (title.tag, bool(title.text), bool(reason.text), reason.tag) == ("summary", True, True, "p"), name
    dead = [name for name, each in every.items() for it in each.page.all() if "disabled" in it.attributes]
    assert dead == [], "what is disabled says nothing to whoever comes by keyboard"


def test_what_is_done_is_not_offered_once_more(story: dict[str, Done]) -> None:
    assert {name for name, each in story.items() if each.afterwards.page.buttons} == CAN_BE_DONE_AGAIN


# 8
def test_what_a_task_does_is_said_before_its_button(story: dict[str, Done]) -> None:
    silent = {name for name, each in story.items() if not said_before_the_button(each.asked.page)}
    assert silent == DOES_WHAT_IT_SAYS


def said_before_the_button(page: Page) -> bool:
    """Whether what it does stands before the button."""
    kinds = ["told" if "consequences" in it.classes else it.tag for it in page.all()]
    buttons = [place for place, it in enumerate(page.all()) if it.tag == "button" and it.text in page.buttons]
    return "told" in kinds and kinds.index("told") < buttons[-1]


# 11
def test_sent_twice_a_task_is_done_once_and_answered_the_same(story: dict[str, Done]) -> None:
    ended = story["accounts:erase_my_data"]
    for name, each in story.items():
        once, again = each.twice
        assert once.status == 302, name
        assert each.events[0] == each.events[1], name
        if each is not ended:  # whose sign-in is gone by then
            assert (again.status, again.leads_to) == (302, once.leads_to), name
    assert sum(each.events[0] > 0 for each in story.values()) == len(story)
    assert ended.twice[1].leads_to.startswith("/sign-in/")


# 12
def test_who_comes_second_reads_what_happened_and_can_go_on(story: dict[str, Done]) -> None:
    assert {name for name, each in story.items() if each.stale is None} == OF_NO_VERSION
    late = {name: each.stale.page for name, each in story.items() if each.stale}
    assert {name for name, page in late.items() if not page.buttons} == set()
    assert {name for name, page in late.items() if not page.all("section", "news")} == set()


# 15
@pytest.mark.django_db
@pytest.mark.usefixtures("no_reader_follows")
def test_a_page_that_is_behind_says_of_when_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    open_shop()
    clara = somebody(CUSTOMER, "Clara Vogel")
    values = belongings(clara)
    for late in (
        factories.PlaceOrder.build(customer_id=clara.id),
        factories.ChangePrice.build(sku=MUG),
        factories.ReceiveStock.build(sku=MUG),
        factories.ReserveStock.build(sku=MUG, quantity=900),
        factories.HoldOrder.build(order_id=values["order_id"]),
        factories.SuspendCustomer.build(customer_id=clara.id),
        factories.PlanShipment.build(),
        factories.ApproveReturn.build(return_id=values["return_id"]),
        factories.IssueInvoice.build(order_id=values["order_id"]),
        factories.RefundPayment.build(order_id=paid_by_card(clara)[0], amount=Money(cents=100)),
    ):
        send(late)
    log.number()
    in_a_while = clock.now() + timedelta(seconds=6)
    monkeypatch.setattr(waiting, "clock", SimpleNamespace(now=lambda: in_a_while))
    old = {name: each.page for name, each in visits(clara, values).items() if "_as_of.html" in each.templates}
    assert len(old) >= 20
    assert {name for name, page in old.items() if not page.all("p", "as-of")} == set()
    assert {"as of" in it.text for page in old.values() for it in page.all("p", "as-of")} == {True}


# 17, and what the house asks of every page
def test_no_page_asks_the_database_more_than_a_dozen_times(story: dict[str, Done], pages: dict[str, Answered]) -> None:
    every = {**pages, **{f"{name}, to be done": each.asked for name, each in story.items()}}
    assert {name: each.queries for name, each in every.items() if each.queries > MOST_QUERIES} == {}
    assert len(pages) > 80


@pytest.mark.django_db
def test_no_list_asks_once_for_each_of_its_rows() -> None:
    open_shop()
    clara = somebody(CUSTOMER, "Clara Vogel")
    asked = []
    for more in (3, 20):
        for _ in range(more):
            rows_of_everything(clara.id)
        asked.append({name: each.queries for name, each in visits(clara, {"customer_id": clara.id}).items()})
        type(clara).objects.filter(name__startswith="Any ").delete()
    few, many = asked
    assert {name: (few[name], many[name]) for name in few if many[name] > few[name]} == {}


def rows_of_everything(customer_id: Any) -> None:
    """A row more of what lists show."""
    factories.OrderPage.create(customer_id=customer_id)
    factories.Return.create(customer_id=customer_id)
    for role in (WAREHOUSE, CUSTOMER_SERVICE, FINANCE):
        factories.WorkItem.create(role=role, task="pick_shipment")
    rows: list[Any] = [factories.Product, factories.Shipment, factories.Backorder, factories.StockMovement]
    for row in [*rows, factories.Invoice, factories.Refund, factories.PaymentLedger]:
        row.create()


# 19
def test_every_screen_works_without_scripts(story: dict[str, Done], pages: dict[str, Answered]) -> None:
    """The story was walked without any; and no page has a way that only a script could go."""
    every = {**pages, **{f"{name}, to be done": each.asked for name, each in story.items()}}
    for name, each in every.items():
        page = each.page
        assert [it.text for it in page.all("button") if not sends(page, it)] == [], name
        assert [it.text for it in page.all("a") if not it.attributes.get("href", "#").strip("#")] == [], name
        handlers = [key for it in page.all() for key in it.attributes if key.startswith("on") or key == "style"]
        assert handlers == [], name


def sends(page: Page, button: Element) -> bool:
    """Whether a button is part of a form; one that only a script can help is not there without."""
    around = {page.elements[place].tag for place in button.within}
    return "form" in around or "form" in button.attributes or "hidden" in button.attributes
