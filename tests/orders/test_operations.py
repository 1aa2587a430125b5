"""Operators look after read models, parked events, the log and the catalogue, each on its screen."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts.domain.roles import ADMIN, OPERATIONS, WAREHOUSE
from accounts.models import Partner, PartnerSubscription, User
from eventstore import clock
from eventstore.models import Border, Checkpoint, Delivery, Parked, ReceivedCount
from projections.products import Product
from tests.addresses import a_notice
from tests.shop import KETTLE, MUG, browsing, follow, hidden, placed_order, read, somebody

pytestmark = pytest.mark.django_db

PLACES = (
    "/operations/read-models/",
    "/operations/processes/",
    "/operations/processes/prepaid/",
    "/operations/parked/",
    "/operations/log/",
    "/operations/borders/",
    "/operations/notices/",
    "/operations/audit-trail/",
    "/catalogue/",
    "/catalogue/list-product/",
    f"/products/{MUG}/price/",
    f"/products/{MUG}/withdraw/",
)


@pytest.fixture
def olga(clara: User) -> Client:
    return browsing(somebody(OPERATIONS, "Olga Ott"))


@pytest.fixture
def parked(clara: User) -> Parked:
    """An event that a read model could not take, once, and that it can take now."""
    placed_order(clara)
    row: Parked = Parked.objects.create(reader="products", stream=f"product-{MUG}", position=1, error="ValueError: No.")
    return row


def do(client: Client, address: str, **answers: Any) -> Any:
    page = client.get(address)
    sent = {**hidden(page), **answers}
    response = client.post(address, sent, follow=True)
    if "Check your answers" in read(response):
        response = client.post(address, {**sent, "checked": "yes"}, follow=True)
    follow()
    return response


def test_read_models_say_how_far_they_are(olga: Client) -> None:
    page = read(olga.get("/operations/read-models/"))
    assert "order_page" in page
    assert "up to date" in page


def test_a_read_model_is_paused_and_resumed(olga: Client) -> None:
    olga.post("/operations/read-models/products/pause/")
    assert Checkpoint.objects.get(reader="products").paused
    assert "paused" in read(olga.get("/operations/read-models/"))
    olga.post("/operations/read-models/products/resume/")
    assert not Checkpoint.objects.get(reader="products").paused
    assert [entry.change_message for entry in LogEntry.objects.order_by("id")] == ["Paused.", "Resumed."]


@pytest.mark.django_db(transaction=True)
def test_a_read_model_is_built_anew_in_the_background(olga: Client) -> None:
    response = olga.post("/operations/read-models/products/build-anew/", follow=True)
    assert "products is built anew, beside the one that is read now." in read(response)
    assert "built anew: 0 %" in read(olga.get("/operations/read-models/"))
    assert olga.post("/operations/read-models/nothing/build-anew/").status_code == 404


def test_a_parked_event_is_taken_after_all(olga: Client, parked: Parked) -> None:
    assert "ValueError: No." in read(olga.get("/operations/parked/"))
    assert "1 event was taken." in read(olga.post(f"/operations/parked/{parked.id}/retry/", follow=True))
    assert "Nothing is parked." in read(olga.get("/operations/parked/"))
    assert olga.post(f"/operations/parked/{parked.id}/retry/").status_code == 404


def test_what_other_code_has_parked_is_not_taken_by_this_one(olga: Client, parked: Parked) -> None:
    Checkpoint.objects.filter(reader=parked.reader).update(version=99)
    page = read(olga.post(f"/operations/parked/{parked.id}/retry/", follow=True))
    assert "is served by version 99 of the code" in page
    assert "ValueError: No." in page


@pytest.mark.parametrize("reader", ["order_page@projections_next", "partner:0192", "nobody"])
def test_what_nobody_can_retry_or_skip_is_not_offered(olga: Client, parked: Parked, reader: str) -> None:
    Parked.objects.filter(id=parked.id).update(reader=reader)
    page = olga.get("/operations/parked/").content.decode()
    assert "None: it is tried again when all of it is read anew." in page
    assert f"/operations/parked/{parked.id}/" not in page


def test_a_parked_event_is_skipped_with_a_reason(olga: Client, parked: Parked) -> None:
    address = f"/operations/parked/{parked.id}/skip/"
    assert olga.post(address, {"reason": " "}).status_code == 422
    olga.post(address, {"reason": "It was done by hand."})
    parked.refresh_from_db()
    assert parked.skipped_because == "It was done by hand."
    assert "It was done by hand." in read(olga.get("/operations/parked/"))
    assert "Es wurde von Hand erledigt." in read(olga.get("/operations/parked/", headers={"accept-language": "de"}))


def test_who_has_the_longest_address_skips_an_event_and_sets_a_notice_aside(parked: Parked) -> None:
    email = f"{'o' * 60}@{'e' * 60}.{'x' * 60}.{'y' * 60}.example"
    user, notice = User.objects.create_user(f"{email:y<254}", None, [OPERATIONS], name="Olga Ott"), a_notice()
    for address in (f"parked/{parked.id}/skip", f"notices/{notice.id}/set-aside"):
        browsing(user).post(f"/operations/{address}/", {"reason": "It was done by hand."})
    parked.refresh_from_db()
    notice.refresh_from_db()
    assert len(user.email) == 254
    assert (parked.skipped_by, notice.set_aside_by) == (user.email, user.email)


def test_a_notice_that_was_left_is_looked_at_and_tried_again(olga: Client) -> None:
    notice = a_notice()
    assert "No parcel has this number" in read(olga.get("/operations/notices/"))
    page = read(olga.get(f"/operations/notices/{notice.id}/"))
    assert "news delivered" in page
    assert "It is worked on once more." in read(olga.post(f"/operations/notices/{notice.id}/retry/", follow=True))
    assert "No notice waits for a person." in read(olga.get("/operations/notices/"))
    late = read(olga.post(f"/operations/notices/{notice.id}/retry/", follow=True))
    assert "This does not wait for anybody any more." in late
    assert "This does not wait for anybody any more." in read(olga.get(f"/operations/notices/{notice.id}/set-aside/"))
    assert [entry.change_message for entry in LogEntry.objects.all()] == ["Had it worked on once more."]


def test_a_notice_that_was_left_is_set_aside_with_a_reason(olga: Client) -> None:
    address = f"/operations/notices/{a_notice().id}/set-aside/"
    assert "Nothing is ever made of it." in read(olga.get(address))
    assert olga.post(address, {"reason": " "}).status_code == 422
    olga.post(address, {"reason": "It was done by hand."})
    assert "It was done by hand." in read(olga.get("/operations/notices/"))
    assert "Es wurde von Hand erledigt." in read(olga.get("/operations/notices/", headers={"accept-language": "de"}))
    late = olga.post(address, {"reason": "There is another reason."})
    assert (late.status_code, "This does not wait for anybody" in read(late)) == (422, True)
    assert [entry.change_message for entry in LogEntry.objects.all()] == ["Set it aside: It was done by hand."]


def test_the_borders_say_what_they_write_to_us_and_what_partners_have_not_taken(olga: Client) -> None:
    a_notice()
    ReceivedCount.objects.create(system="carrier", outcome="forged", letters=3)
    partner = Partner.objects.create(name="Tea & Co")
    url = "https://tea.example/secret-path"
    subscription = PartnerSubscription.objects.create(partner=partner, url=url, types=[])
    for position in (1, 2):
        Delivery.objects.create(subscription=subscription.name, position=position, subject="order", since=clock.now())
    Border.objects.create(system=subscription.name, failures=1, error="The answer was 500.")
    page = read(olga.get("/operations/borders/"))
    assert "carrier 3 forged 1 1 0 s" in page
    assert "carrier 3 gefälscht" in read(olga.get("/operations/borders/", headers={"accept-language": "de"}))
    assert "Tea & Co tea.example closed 2 2" in page
    assert "The answer was 500." in page
    assert "secret-path" not in page
    assert subscription.name not in page, "It is no system that we ask."


def test_the_log_is_read_newest_first_and_by_key(olga: Client, clara: User) -> None:
    for _ in range(60):
        placed_order(clara)
    first = olga.get("/operations/log/", {"name": "OrderPlaced"})
    second = olga.get(f"/operations/log/{first.context['older']}")
    seen = [each["event"].position for page in (first, second) for each in page.context["events"]]
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(set(seen)) == 60
    assert second.context["older"] == ""


def test_an_event_says_what_led_to_it_and_nothing_personal(olga: Client, clara: User) -> None:
    order_id = placed_order(clara, recipient="Clara Vogel")
    [each] = olga.get("/operations/log/", {"stream": f"order-{order_id}"}).context["events"]
    page = read(olga.get(f"/operations/log/{each['event'].id}/"))
    assert "OrderPlaced" in page
    assert "Clara Vogel (PlaceOrder)" in page
    assert "Lindenallee" not in page
    assert "(personal)" in page


@pytest.mark.parametrize("asked", ["name=Nothing", "category=x", "before=-1", "before=x", "stream=%00", "name=%00"])
def test_a_look_that_cannot_be_is_told_so(olga: Client, asked: str) -> None:
    assert olga.get(f"/operations/log/?{asked}").status_code == 422


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_a_list_from_a_time_that_no_calendar_reaches_is_shown_from_its_beginning(
    olga: Client, parked: Parked, time: str
) -> None:
    asked = {"from": [time, str(parked.id)]}
    assert parked.stream in read(olga.get("/operations/parked/", asked))
    assert olga.get("/operations/processes/prepaid/", asked).status_code == 200


def test_a_list_goes_on_from_a_time_whatever_its_offset(olga: Client, parked: Parked) -> None:
    before, behind = ({"from": [f"{year}-01-01T00:00:00+23:59", "1"]} for year in (2000, 9999))
    assert parked.stream in read(olga.get("/operations/parked/", before))
    assert parked.stream not in read(olga.get("/operations/parked/", behind))


def test_the_audit_trail_says_who_asked_for_what_and_what_came_of_it(olga: Client, clara: User) -> None:
    placed_order(clara)
    do(olga, f"/products/{KETTLE}/withdraw/")
    do(olga, f"/products/{KETTLE}/price/", price="13.00")
    page = read(olga.get("/operations/audit-trail/"))
    assert "Clara Vogel PlaceOrder" in page
    assert "you WithdrawProduct" in page
    for asked in ("before=x", "outcome=x", "name=x", "stream=%00", "actor=%00"):
        assert olga.get(f"/operations/audit-trail/?{asked}").status_code == 422, asked


def test_a_product_is_listed_once_the_answers_were_checked(olga: Client) -> None:
    said = {
        "sku": "TEA-ASSAM",
        "name": "Assam",
        "description": "Malty.",
        "picture": "products/tea-070.svg",
        "price": "9.50",
    }
    wrong = do(olga, "/catalogue/list-product/", **said | {"price": "nothing", "picture": "../../etc/passwd"})
    assert "Enter an amount such as 12.50." in read(wrong)
    assert "Enter a picture such as" in read(wrong)
    mistyped = do(olga, "/catalogue/list-product/", **said | {"picture": "products/tea-0070.svg"})
    assert "There is no such picture." in read(mistyped)
    assert "The product is in the catalogue." in read(do(olga, "/catalogue/list-product/", **said))
    assert Product.objects.get(sku="TEA-ASSAM").price.cents == 950
    assert "is in the catalogue already." in read(do(olga, "/catalogue/list-product/", **said))


def test_a_price_is_changed_and_a_product_withdrawn(olga: Client) -> None:
    do(olga, f"/products/{MUG}/price/", price="13.00")
    assert Product.objects.get(sku=MUG).price.cents == 1300
    do(olga, f"/products/{KETTLE}/withdraw/")
    assert not Product.objects.get(sku=KETTLE).listed
    assert "withdrawn" in read(olga.get(f"/products/{KETTLE}/price/"))


def test_operations_is_for_operators(clara: User) -> None:
    for role, status in ((OPERATIONS, 200), (ADMIN, 200), (WAREHOUSE, 403)):
        client = browsing(somebody(role))
        assert {client.get(address).status_code for address in PLACES} == {status}, role
