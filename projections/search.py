"""Search: the words by which orders and customers are found: number, name, e-mail, product and tracking number."""

from collections.abc import Iterable
from uuid import UUID

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from accounts.domain.customer import ContactDetailsChanged, CustomerErased, CustomerRegistered
from eventstore.log import Recorded
from orders.domain.order import DeliveryAddressChanged, OrderPlaced, reference
from orders.domain.shipment import LabelPrinted
from projections.engine import Projection, ReadModel

# Of a name, so many words are looked for.
WORDS = 6
LONGEST = 254  # letters of a word


class Kind(models.TextChoices):
    """What a word can be."""

    NUMBER = "number", gettext_lazy("Order number")
    RECIPIENT = "recipient", gettext_lazy("Recipient")
    SKU = "sku", gettext_lazy("Product number")
    TRACKING = "tracking", gettext_lazy("Tracking number")
    NAME = "name", gettext_lazy("Name")
    EMAIL = "email", gettext_lazy("E-mail address")


class SearchTerm(ReadModel):
    """A word, in small letters, and whose it is: an order's or a customer's, whose id is `subject`."""

    item = models.CharField(primary_key=True, max_length=200)
    kind = models.CharField(gettext_lazy("what it is"), max_length=20, choices=Kind)
    text = models.CharField(gettext_lazy("word"), max_length=LONGEST)
    subject = models.UUIDField(gettext_lazy("leads to"), db_index=True)

    class Meta:
        db_table = "projections_search"
        verbose_name = gettext_lazy("search term")
        verbose_name_plural = gettext_lazy("search")
        # Words are found by how they begin.
        indexes = (models.Index(fields=["text"], name="search_text", opclasses=["varchar_pattern_ops"]),)

    def __str__(self) -> str:
        return self.text


def found(asked: str) -> QuerySet[SearchTerm]:
    """The words of those orders and customers of whom a word begins with each word that is asked for."""
    words = sorted(folded(asked), key=len)
    # The longest is likely that of the fewest: what begins with it is read, and the others are looked for beside that.
    terms = SearchTerm.objects.filter(text__startswith=words.pop()) if words else SearchTerm.objects.none()
    for word in words:
        terms = terms.filter(subject__in=SearchTerm.objects.filter(text__startswith=word).values("subject"))
    return terms


def folded(text: str | None) -> list[str]:
    """The words of a text as they are kept and looked for."""
    return (text or "").casefold().split()


type Wanted = (
    OrderPlaced | DeliveryAddressChanged | LabelPrinted | CustomerRegistered | ContactDetailsChanged | CustomerErased
)


def keys(fact: Recorded[Wanted]) -> Iterable[str]:
    """The words that come, or go."""
    match fact.event:
        case OrderPlaced(order_id=order_id, lines=lines):
            yield f"{Kind.NUMBER}:{order_id}"
            yield from names(Kind.RECIPIENT, order_id)
            yield from (f"{Kind.SKU}:{order_id}:{line.sku}" for line in lines)
        case DeliveryAddressChanged(order_id=order_id):
            yield from names(Kind.RECIPIENT, order_id)
        case LabelPrinted(order_id=order_id, tracking_number=number):
            yield f"{Kind.TRACKING}:{order_id}:{number}"
        case CustomerRegistered() | ContactDetailsChanged() | CustomerErased():
            yield from names(Kind.NAME, fact.event.customer_id)
            yield f"{Kind.EMAIL}:{fact.event.customer_id}"


def names(kind: Kind, subject: UUID) -> Iterable[str]:
    """The words of a name: all that there can be, so that those of the former name go."""
    return (f"{kind}:{subject}:{place}" for place in range(WORDS))


def project(row: SearchTerm | None, fact: Recorded[Wanted], item: str) -> SearchTerm | None:
    """The word after the fact; None where there is none."""
    kind, _, which = item.partition(":")
    subject, _, rest = which.partition(":")
    text = word(fact.event, Kind(kind), rest)[:LONGEST]
    return SearchTerm(item=item, kind=kind, text=text, subject=UUID(subject)) if text else None


def word(event: Wanted, kind: Kind, rest: str) -> str:
    """The word of a kind that an event brings; `rest` says which."""
    match event, kind:
        case OrderPlaced(), Kind.NUMBER:
            return reference(event.order_id).casefold()
        case ((OrderPlaced() | LabelPrinted()), (Kind.SKU | Kind.TRACKING)):
            return rest.casefold()
        case ((OrderPlaced() | DeliveryAddressChanged()), _):
            return nth(folded(event.delivery_address.recipient if event.delivery_address else None), rest)
        case ((CustomerRegistered() | ContactDetailsChanged()), Kind.NAME):
            return nth(folded(event.name), rest)
        case ((CustomerRegistered() | ContactDetailsChanged()), _):
            return (event.email or "").casefold()
        case _:
            return ""


def nth(words: list[str], place: str) -> str:
    """The word at a place, where there is one."""
    return words[int(place)] if int(place) < len(words) else ""


PROJECTION = Projection(SearchTerm, wants=Wanted, keys=keys, project=project)
