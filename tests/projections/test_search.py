"""Search: orders and customers are found by the words of them that begin as what is asked for."""

from typing import Any
from uuid import UUID

import pytest

from eventstore.messages import Event
from orders.domain.order import OrderPlaced, reference
from projections import search
from projections.search import SearchTerm
from tests import factories
from tests.orders.domain.ids import CUSTOMER, DORA, ORDER
from tests.projections.folding import rows_after, rows_of

LINES = tuple(factories.OrderedLine.build(sku=sku) for sku in ("MUG-035", "KET-120"))
ADDRESS = factories.Address.build(recipient="Clara  Vogel")
PLACED: OrderPlaced = factories.OrderPlaced.build(order_id=ORDER, lines=LINES, delivery_address=ADDRESS)
REGISTERED = factories.CustomerRegistered.build(customer_id=CUSTOMER, name="Clara Groß", email="C.Gross@Example.com")
LABEL = factories.LabelPrinted.build(order_id=ORDER, tracking_number="PP 4711")


def words(*events: Event) -> dict[str, list[str]]:
    """The words that lead to each order and customer."""
    found: dict[str, list[str]] = {}
    for row in rows_after(search.PROJECTION, *events).values():
        found.setdefault(str(row["subject"]), []).append(f"{row['kind']} {row['text']}")
    return {subject: sorted(texts) for subject, texts in found.items()}


OF_THE_ORDER = [
    f"number {reference(ORDER).casefold()}",
    "recipient clara",
    "recipient vogel",
    "sku ket-120",
    "sku mug-035",
]


def test_the_words_of_an_order() -> None:
    assert words(PLACED) == {str(ORDER): OF_THE_ORDER}
    assert words(PLACED, LABEL) == {str(ORDER): sorted([*OF_THE_ORDER, "tracking pp 4711"])}


def test_the_words_of_a_customer() -> None:
    assert words(REGISTERED) == {str(CUSTOMER): ["email c.gross@example.com", "name clara", "name gross"]}


def test_of_a_former_name_nothing_is_left() -> None:
    long = factories.CustomerRegistered.build(customer_id=CUSTOMER, name="Clara Maria von der Vogelweide Groß junior")
    assert len([word for word in words(long)[str(CUSTOMER)] if word.startswith("name ")]) == search.WORDS
    changed = factories.ContactDetailsChanged.build(customer_id=CUSTOMER, name="Clara", email="c@example.com")
    assert words(long, changed) == {str(CUSTOMER): ["email c@example.com", "name clara"]}
    moved = factories.DeliveryAddressChanged.build(
        order_id=ORDER, delivery_address=factories.Address.build(recipient="Dora")
    )
    assert [word for word in words(PLACED, moved)[str(ORDER)] if "recipient" in word] == ["recipient dora"]


def test_who_was_erased_is_not_found() -> None:
    erased = factories.CustomerErased.build(customer_id=CUSTOMER)
    assert words(REGISTERED, erased) == {}
    silent = factories.CustomerRegistered.build(customer_id=CUSTOMER, name=None, email=None)
    assert words(silent) == {}
    nobody = factories.OrderPlaced.build(order_id=ORDER, lines=LINES, delivery_address=None)
    assert [word for word in words(nobody)[str(ORDER)] if "recipient" in word] == []


def test_a_word_fits_into_its_place() -> None:
    endless = factories.Address.build(recipient="ß" * 300)
    order = factories.OrderPlaced.build(lines=LINES, delivery_address=endless)
    [text] = [row["text"] for row in rows_after(search.PROJECTION, order).values() if row["kind"] == "recipient"]
    assert text == "s" * search.LONGEST


@pytest.fixture
def _words(db: None) -> None:
    dora = factories.OrderPlaced.build(
        order_id=DORA, lines=LINES[:1], delivery_address=factories.Address.build(recipient="Dora Vogt")
    )
    events = (PLACED, LABEL, REGISTERED, dora)
    for row in rows_of(search.PROJECTION, factories.history(*events)).values():
        SearchTerm(**row).save()


@pytest.mark.usefixtures("_words")
@pytest.mark.parametrize(
    ("asked", "subjects"),
    [
        (reference(ORDER), {ORDER}),
        (reference(ORDER).lower()[:-2], {ORDER}),
        ("vog", {ORDER, DORA}),
        ("clara", {ORDER, CUSTOMER}),
        ("Vogel CLARA", {ORDER}),
        ("c.gross@example.com", {CUSTOMER}),
        ("mug-035", {ORDER, DORA}),
        ("mug-035 dora", {DORA}),
        ("ogel", set()),
        ("clara dora", set()),
        ("%", set()),
        ("", set()),
        (" ", set()),
    ],
)
def test_what_is_found(asked: str, subjects: set[UUID]) -> None:
    assert set(search.found(asked).values_list("subject", flat=True)) == subjects


@pytest.mark.parametrize(("asked", "looks"), [("vogel", 1), ("vogel ann", 2), ("ann vogel x", 3)])
def test_each_word_is_looked_for_once_the_longest_first(asked: str, looks: int) -> None:
    sql = str(search.found(asked).query)
    assert sql.count("SELECT") == sql.count("LIKE") == looks
    assert max(asked.split(), key=len) in sql[sql.index("WHERE") :].partition("%")[0]


def test_a_word_by_its_name() -> None:
    row: Any = SearchTerm(text="vogel")
    assert str(row) == "vogel"
