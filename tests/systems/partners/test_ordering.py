"""Partners place and follow orders: the same commands as on our screens, once for each key, and only their own."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from uuid_utils.compat import uuid7

from accounts.domain.address import POSTCODES
from accounts.domain.roles import CUSTOMER, CUSTOMER_SERVICE
from eventstore import log
from orders.domain.order import OrderCancelled, OrderPlaced
from orders.screens.customer.forms import COUNTRIES
from orders.systems.partners import language
from projections.order_page import Status
from projections.shipments import Stage
from tests import factories
from tests.shop import (
    KETTLE,
    MUG,
    WHERE_TO,
    browsing,
    change_price,
    follow,
    orders_in_the_log,
    placed_order,
    send,
    somebody,
)
from tests.systems.partners.asking import Systems, new_order, systems_of

pytestmark = pytest.mark.django_db


def ask_problem(answer: Any, status: int, kind: str, sentence: str) -> None:
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert (told["status"], told["type"]) == (status, f"/api/v1/problems/{kind}/")
    assert sentence in told["detail"]


def test_an_order_is_placed_followed_and_listed(systems: Systems) -> None:
    answer = systems.place()
    taken = answer.json()
    assert answer.status_code == 201
    early = systems.get(f"orders/{taken['order_id']}/?after={taken['position']}")
    assert (early.status_code, early.json()["updating"]) == (202, True)
    follow()
    shown = systems.get(answer.headers["Location"])
    assert (shown.status_code, shown.json()["updating"]) == (200, False)
    assert shown.json()["status"] == "placed"
    assert shown.json()["total"] == {"cents": 2500, "currency": "EUR"}
    assert shown.json()["reference"] == taken["reference"]
    assert systems.get("orders/").json() == {"orders": [shown.json()], "next": None}
    [placed] = orders_in_the_log()
    assert placed.partner_id == systems.partner.id
    [fact] = [fact for fact in log.read_log() if isinstance(fact.event, OrderPlaced)]
    assert fact.actor == f"partner:{systems.partner.id}"


def test_whoever_works_here_reads_which_partner_it_was(systems: Systems) -> None:
    order_id = systems.placed()
    follow()
    page = browsing(somebody(CUSTOMER_SERVICE)).get(f"/orders/{order_id}/")
    assert [entry["who"] for entry in page.context["timeline"]] == ["Tea & Co"]


def test_an_order_says_when_it_is_behind(systems: Systems) -> None:
    order_id = systems.placed()
    follow()
    position = systems.post(f"orders/{order_id}/cancellation/", {"reason": "takes_too_long"}).json()["position"]
    assert systems.get(f"orders/{order_id}/?after={position}").json()["updating"]
    follow()
    shown = systems.get(f"orders/{order_id}/?after={position}").json()
    assert (shown["updating"], shown["status"]) == (False, "cancelled")


def test_a_page_of_orders_ends_before_one_that_cannot_be_shown_yet(systems: Systems) -> None:
    from eventstore.subscriptions import advance

    first = systems.placed()
    follow()
    second = systems.placed()
    advance("partner_events")
    page = systems.get("orders/").json()
    assert [each["order_id"] for each in page["orders"]] == [str(first)]
    follow()
    page = systems.get(page["next"]).json()
    assert [each["order_id"] for each in page["orders"]] == [str(second)]
    assert page["next"] is None


def test_orders_come_in_pages(systems: Systems) -> None:
    customer = systems.customer()
    ids = [systems.place(customer).json()["order_id"] for _ in range(5)]
    follow()
    address, found = "orders/?limit=2", list[str]()
    while address:
        page = systems.get(address).json()
        found += [each["order_id"] for each in page["orders"]]
        address = page["next"]
    assert found == ids


def test_the_same_key_places_one_order(systems: Systems) -> None:
    customer = systems.customer()
    first, again = (systems.place(customer, key="cart 7".replace(" ", "-")) for _ in range(2))
    assert first.json() == again.json()
    assert first.status_code == again.status_code == 201
    assert len(orders_in_the_log()) == 1
    ask_problem(systems.place(customer, "cart-7", if_short="cancel"), 422, "key_reused", "Idempotency-Key")
    other = systems_of("Others")
    assert other.place(key="cart-7").status_code == 201


def test_a_key_for_one_thing_is_none_for_another(systems: Systems) -> None:
    order_id = systems.placed()
    assert systems.post(f"orders/{order_id}/cancellation/", {"reason": "takes_too_long"}, "k").status_code == 200
    answer = systems.post("customers/", {"name": "Clara", "email": "clara@example.com"}, "k")
    ask_problem(answer, 422, "key_reused", "Idempotency-Key")


def test_a_refusal_is_the_shops_own_sentence_and_the_same_again(systems: Systems) -> None:
    customer = systems.customer()
    change_price(MUG, 1300)
    answer = systems.place(customer, "k")
    ask_problem(answer, 422, "refused", "Enamel mug now costs €13.00 instead of €12.50.")
    assert answer.json()["rule"] == "{name} now costs {now} instead of {shown}."
    change_price(MUG, 1250)
    ask_problem(systems.place(customer, "k"), 422, "refused", "Enamel mug now costs €13.00 instead of €12.50.")
    assert systems.place(customer, "another").status_code == 201


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([], "Your basket is empty."),
        ([{"sku": MUG, "quantity": 0, "price": {"cents": 1250}}], "Enter a quantity between 1 and 999."),
        ([{"sku": MUG, "quantity": 10**9, "price": {"cents": 1250}}], "Enter a quantity between 1 and 999."),
        ([{"sku": "NONE", "quantity": 1, "price": {"cents": 1250}}], "There is no product with the number NONE."),
        ([{"sku": MUG, "quantity": 1, "price": {"cents": 1250}}] * 2, "A product stands in the order twice."),
    ],
)
def test_what_the_shop_refuses(lines: list[dict[str, Any]], sentence: str, systems: Systems) -> None:
    ask_problem(systems.place(lines=lines), 422, "refused", sentence)
    assert orders_in_the_log() == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"postcode": "x"}, "Enter a postcode like 04103."),
        (
            {"recipient": "\u202e\u0007\n\n"},
            "A delivery address needs a name, a street, a postcode, a town and a country.",
        ),
    ],
)
def test_an_address_that_no_parcel_can_go_to(change: dict[str, str], sentence: str, systems: Systems) -> None:
    where = WHERE_TO | change
    ask_problem(systems.place(delivery_address=where), 422, "refused", sentence)
    assert orders_in_the_log() == []
    order_id = systems.placed()
    ask_problem(systems.post(f"orders/{order_id}/delivery-address/", where), 422, "refused", sentence)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"lines": [{"sku": MUG, "quantity": "2", "price": {"cents": 1250}}]},
            "Expected `int`, got `str` - at `$.lines",
        ),
        ({"lines": [{"sku": MUG, "quantity": 2}]}, "missing required field `price`"),
        ({"unknown": 1}, "unknown field `unknown`"),
        ({"customer_id": "nobody"}, "Invalid UUID - at `$.customer_id`"),
        ({"delivery_address": WHERE_TO | {"country": "XX"}}, "Invalid enum value"),
        ({"delivery_address": WHERE_TO | {"city": "\0"}}, "NUL"),
        ({"delivery_address": WHERE_TO | {"city": "x" * 101}}, "length <= 100"),
    ],
)
def test_what_is_not_as_the_document_says(change: dict[str, Any], sentence: str, systems: Systems) -> None:
    body = new_order(systems.customer()) | change
    ask_problem(systems.post("orders/", body), 400, "malformed", sentence)
    assert orders_in_the_log() == []


@pytest.mark.parametrize("body", [" ", "{", "[]", b"\xff", '{"name": "\\ud800", "email": "a@b"}', "1e999", "[" * 5000])
def test_a_body_that_is_none(body: str | bytes, systems: Systems) -> None:
    assert systems.post("customers/", body).status_code == 400


def test_a_body_that_is_nested_deeper_than_a_thread_can_follow(systems: Systems) -> None:
    ask_problem(systems.post("customers/", "[" * 8000 + "]" * 8000), 400, "malformed", "nested more than 100 deep")


def test_a_number_beyond_all_numbers(systems: Systems) -> None:
    body = '{"customer_id": "%s", "lines": [{"sku": "MUG-035", "quantity": %s, "price": {"cents": 1}}]}'
    for number in ("1e400", "9" * 30, "-1e400", "NaN"):
        assert systems.post("orders/", body % (uuid4(), number)).status_code == 400


def test_a_command_wants_a_key_and_json(systems: Systems) -> None:
    body = {"name": "Clara", "email": "clara@example.com"}
    for key in ("", "two words", "ä", "x" * 256):
        answer = systems.post("customers/", body, **{"Idempotency-Key": key})
        ask_problem(answer, 400, "malformed", "Idempotency-Key")
    answer = systems.client.post("/api/v1/customers/", body, headers={"Idempotency-Key": "k"})
    ask_problem(answer, 415, "wrong_type", "JSON")


def test_too_long_a_body(systems: Systems, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    ask_problem(systems.post("customers/", {"name": "x" * 200, "email": ""}), 413, "too_long", "too long")


def test_addresses_that_lead_nowhere_and_methods_that_do_nothing(systems: Systems) -> None:
    ask_problem(systems.get("nothing/"), 404, "not_there", "nothing at this address")
    ask_problem(systems.get("orders"), 404, "not_there", "nothing at this address")
    ask_problem(systems.get("orders/%0A/"), 404, "not_there", "nothing at this address")
    answer = systems.client.delete("/api/v1/orders/")
    ask_problem(answer, 405, "wrong_method", "GET, POST")
    assert answer.headers["Allow"] == "GET, POST"
    assert systems.client.head("/api/v1/orders/").status_code == 200


def test_parameters_of_the_address(systems: Systems) -> None:
    for query in (
        "after=-1",
        "after=x",
        "after=99999999999999999999",
        "limit=0",
        "limit=51",
        "unknown=1",
        "after=1&after=2",
    ):
        ask_problem(systems.get(f"orders/?{query}"), 400, "malformed", "address")
    ask_problem(systems.get("products/?after=%00"), 400, "malformed", "$.after")
    assert systems.get(f"orders/?after={2**63 - 1}").json() == {"orders": [], "next": None}


def test_other_peoples_orders_and_customers_are_not_there(systems: Systems) -> None:
    mine, other = systems.placed(), systems_of("Others")
    follow()
    clara = somebody(CUSTOMER, "Clara Vogel")
    ours = placed_order(clara)
    for asker, order_id in ((other, mine), (systems, ours), (systems, uuid4())):
        ask_problem(asker.get(f"orders/{order_id}/"), 404, "not_there", "no such order")
        cancelled = asker.post(f"orders/{order_id}/cancellation/", {"reason": "other"})
        ask_problem(cancelled, 404, "not_there", "no such order")
        moved = asker.post(f"orders/{order_id}/delivery-address/", WHERE_TO)
        ask_problem(moved, 404, "not_there", "no such order")
    for customer_id in (str(clara.id), str(uuid4()), systems.customer()):
        ask_problem(other.place(customer_id), 404, "not_there", "no such customer")
        ask_problem(other.get(f"customers/{customer_id}/"), 404, "not_there", "no such customer")
    assert other.get("orders/").json()["orders"] == []
    assert not [fact for fact in log.read_log() if isinstance(fact.event, OrderCancelled)]


def test_a_customer_is_registered_once_and_may_be_suspended(systems: Systems) -> None:
    body = {"name": "Clara", "email": "clara@example.com"}
    first, again = (systems.post("customers/", body, "clara") for _ in range(2))
    assert first.json() == again.json()
    customer_id = first.json()["customer_id"]
    assert systems.get(first.headers["Location"]).json() == {"customer_id": customer_id, "standing": "active"}
    send(factories.SuspendCustomer.build(customer_id=UUID(customer_id)))
    assert systems.get(first.headers["Location"]).json()["standing"] == "suspended"
    ask_problem(systems.place(customer_id), 422, "refused", "You cannot place orders at the moment.")
    ask_problem(systems.post("customers/", body | {"email": "nobody"}), 422, "refused", "Enter an e-mail address")


def test_an_order_that_is_picked_is_only_asked_to_be_cancelled(systems: Systems) -> None:
    order_id = systems.placed()
    send(factories.ConfirmOrder.build(order_id=order_id))
    shipment_id = uuid7()
    send(factories.PlanShipment.build(shipment_id=shipment_id, order_id=order_id, pieces={MUG: 2}))
    send(factories.StartPicking.build(shipment_id=shipment_id))
    follow()
    answer = systems.post(f"orders/{order_id}/cancellation/", {"reason": "takes_too_long"})
    assert answer.json()["outcome"] == "requested"
    assert systems.post(f"orders/{order_id}/delivery-address/", WHERE_TO).status_code == 200
    send(factories.RecordPick.build(shipment_id=shipment_id, sku=MUG, quantity=2))
    send(factories.PackShipment.build(shipment_id=shipment_id))
    answer = systems.post(f"orders/{order_id}/delivery-address/", WHERE_TO)
    ask_problem(answer, 422, "refused", "A parcel of this order is packed already.")
    send(factories.RecordLabel.build(shipment_id=shipment_id))
    follow()
    [parcel] = systems.get(f"orders/{order_id}/").json()["parcels"]
    assert (parcel["status"], parcel["pieces"]) == ("labelled", {MUG: 2})


def test_products_come_in_pages_with_their_price(systems: Systems) -> None:
    page = systems.get("products/?limit=2").json()
    assert [each["sku"] for each in page["products"]] == [KETTLE, MUG]
    rest = systems.get(page["next"]).json()
    assert ([each["sku"] for each in rest["products"]], rest["next"]) == (["SED-012"], None)
    mug = systems.get(f"products/{MUG}/").json()
    assert (mug["price"], mug["available"]) == ({"cents": 1250, "currency": "EUR"}, 40)
    ask_problem(systems.get("products/NONE/"), 404, "not_there", "no such thing")


def test_the_language_has_a_word_for_everything_that_an_order_can_be() -> None:
    assert set(language.OrderStatus.__value__.__args__) == set(Status.values)
    assert set(language.ParcelStatus.__value__.__args__) == set(Stage.values)
    assert set(language.Country.__value__.__args__) == {code for code, _ in COUNTRIES} == set(POSTCODES)


def test_what_is_prepaid_is_charged_to_a_card(systems: Systems) -> None:
    answer = systems.place(payment_terms="prepaid", card="cus_Na6dX7aXxi11N4:pm_1NO6mA2eZvKYlo2C")
    assert answer.status_code == 201
    [placed] = orders_in_the_log()
    assert (placed.payment_terms, placed.card) == ("prepaid", "cus_Na6dX7aXxi11N4:pm_1NO6mA2eZvKYlo2C")


def test_what_is_prepaid_wants_a_card(systems: Systems) -> None:
    ask_problem(systems.place(payment_terms="prepaid"), 422, "refused", "Say which card is to be charged")
    ask_problem(systems.place(payment_terms="prepaid", card="4242424242424242"), 400, "malformed", "$.card")
    assert orders_in_the_log() == []


@pytest.mark.parametrize(
    ("address", "title", "detail"),
    [
        ("orders/?limit=0", "Was gesendet wurde, ist nicht, was das Dokument beschreibt.", "In der Adresse: "),
        (f"orders/{UUID(int=1)}/", "Das gibt es nicht, oder es gehört Ihnen nicht.", "Diese Bestellung gibt es nicht"),
        ("nothing/", "Das gibt es nicht, oder es gehört Ihnen nicht.", "An dieser Adresse gibt es nichts."),
        (f"subscriptions/{UUID(int=1)}/secret/", "Das geht hier nicht.", "Hier geht: POST."),
    ],
)
def test_problems_are_told_in_the_partners_language(systems: Systems, address: str, title: str, detail: str) -> None:
    told = systems.get(address, **{"Accept-Language": "de-AT, en;q=0.5"}).json()
    assert (told["title"], told["detail"][: len(detail)]) == (title, detail)
    assert systems.get(address, **{"Accept-Language": "fr"}).json()["title"] != title


def test_sentences_follow_the_partners_language(systems: Systems) -> None:
    answer = systems.post("orders/", new_order(systems.customer(), lines=[]), **{"Accept-Language": "de"})
    assert answer.headers["Content-Language"] == "de"
    assert answer.json()["rule"] == "Your basket is empty."
