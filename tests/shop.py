"""A small shop for the tests of its screens: a catalogue, people who sign in, and orders that were placed."""

from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any
from uuid import UUID

from django.test import Client
from django.utils.html import escape, strip_tags
from uuid_utils.compat import uuid7

from accounts.domain import roles
from accounts.domain.customer import RegisterCustomer, SuspendCustomer
from accounts.models import User
from eventstore import log
from eventstore.dispatch import Actor, dispatch
from eventstore.messages import Command
from eventstore.readers import readers
from eventstore.subscriptions import advance
from orders.domain.money import Money
from orders.domain.order import Line, Offer, OrderPlaced
from orders.domain.product import ChangePrice, ListProduct, WithdrawProduct
from orders.domain.shipment import PlanShipment
from orders.domain.stock_item import ReceiveStock
from tests import factories

SHOPKEEPER = Actor("shopkeeper", roles.ROLES | roles.SYSTEMS)  # who does everything, and what systems do
PASSWORD = "walk-the-long-way"
MUG, KETTLE, SEEDS = "MUG-035", "KET-120", "SED-012"
WHERE_TO = {
    "recipient": "Clara Vogel",
    "street": "Lindenallee 7",
    "postcode": "04103",
    "city": "Leipzig",
    "country": "DE",
}
DELIVERY = WHERE_TO | {"if_short": "wait"}
CATALOGUE = {
    MUG: ListProduct(
        sku=MUG,
        name="Enamel mug",
        description="Holds 350 ml and survives being dropped.",
        picture="products/mug-035.svg",
        price=Money(cents=1250),
    ),
    KETTLE: ListProduct(
        sku=KETTLE,
        name="Whistling kettle",
        description="Stainless steel, 2 litres, for every stove.",
        picture="products/ket-120.svg",
        price=Money(cents=8900),
    ),
    SEEDS: ListProduct(
        sku=SEEDS,
        name="Heirloom seeds",
        description="Twelve kinds of vegetables, a bag of each.",
        picture="products/sed-012.svg",
        price=Money(cents=1800),
    ),
}


def send(command: Command, actor: Actor = SHOPKEEPER) -> None:
    """Have a command done, as a screen would."""
    dispatch(command, actor=actor, command_id=uuid7())


def open_shop() -> None:
    """List the catalogue with some of its stock; the read models show it."""
    for product in CATALOGUE.values():
        send(product)
    send(ReceiveStock(sku=MUG, quantity=40))
    send(ReceiveStock(sku=KETTLE, quantity=3))
    follow()


def follow() -> None:
    """Bring every read model up to the end of the log."""
    for name in readers():
        advance(name)


def change_price(sku: str, cents: int) -> None:
    """A product costs something else from now on."""
    send(ChangePrice(sku=sku, price=Money(cents=cents)))


def withdraw(sku: str) -> None:
    """A product leaves the catalogue."""
    send(WithdrawProduct(sku=sku))


def suspend(customer: User) -> None:
    """A customer places no orders for now."""
    send(SuspendCustomer(customer_id=customer.id, reason="Three invoices are unpaid."))


def somebody(role: str, name: str = "", *, password: str | None = None) -> User:
    """A person who signs in with a role. Without a password only a test can sign them in, and at once."""
    name = name or f"Some {role.replace('_', ' ')}"
    email = f"{name.lower().replace(' ', '.')}@example.com"
    user = User.objects.create_user(email, password, [role], name=name)
    if role == roles.CUSTOMER:
        send(RegisterCustomer(customer_id=user.id, name=name, email=email), user.actor)
    return user


def browsing(user: User | None) -> Client:
    """What the browser of somebody is to the shop; of nobody in particular for None."""
    client = Client()
    if user:
        client.force_login(user)
    return client


def about_to_order(customer: User, payment_terms: str) -> Client:
    """The browser of a customer with two mugs in the basket, who has answered every question."""
    client = browsing(customer)
    client.post("/basket/add/", {"sku": MUG, "quantity": "2"})
    client.post("/orders/place/", DELIVERY)
    client.post("/orders/place/payment/", {"payment_terms": payment_terms})
    return client


def placed_order(customer: User, **address: str) -> UUID:
    """An order of a customer: two mugs, to a believable address or to this one."""
    mug = CATALOGUE[MUG]
    command = factories.PlaceOrder.build(
        customer_id=customer.id,
        lines=(Line(sku=MUG, quantity=2, shown=mug.price),),
        offers=(Offer(sku=MUG, name=mug.name, price=mug.price),),
        delivery_address=factories.Address.build(**address),
    )
    send(command, customer.actor)
    follow()
    order_id: UUID = command.order_id
    return order_id


def to_be_picked(customer: User) -> UUID:
    """An order of a customer's whose parcel the warehouse has to pick."""
    order_id = placed_order(customer)
    send(PlanShipment(shipment_id=uuid7(), order_id=order_id, pieces={MUG: 2}))
    follow()
    return order_id


def read(response: Any) -> str:
    """What a person reads on the page that was answered."""
    return " ".join(unescape(strip_tags(response.content.decode())).split())


def hidden(response: Any) -> dict[str, str]:
    """What the form of the page that was answered carries along."""
    return {field.html_name: str(field.value()) for field in response.context["form"].hidden_fields()}


def refused(client: Client, address: str, data: Mapping[str, str | Sequence[str]], sentence: str) -> str:
    """The page that comes back: in it the sentence, and its title begins with "Error:"."""
    response = client.post(address, data)
    page = response.content.decode()
    assert response.status_code == 422
    assert escape(sentence) in page
    assert "".join(page.split("<title>")[1].split()).startswith("Error:")
    return page


def orders_in_the_log() -> list[OrderPlaced]:
    """Every order that was ever placed."""
    return [fact.event for fact in log.read_log() if isinstance(fact.event, OrderPlaced)]
