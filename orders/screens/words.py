"""What has happened, in plain words for whoever reads it: who did what, and when."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.domain import customer
from accounts.domain.roles import CARRIER, PROVIDER, STAFF
from accounts.models import UUID_TEXT, Partner, User
from eventstore.log import Recorded
from eventstore.messages import Event
from orders.domain import product
from orders.domain.order import BackorderChoiceOffered
from orders.domain.payment import CardReplaced, InvoiceReminded, RefundWrittenOff
from orders.templatetags.shop import sentence
from projections import timeline
from projections.customer_page import CustomerPage
from projections.timeline import TimelineEntry

type Words = dict[str, Any]

# What a customer reads of themselves, or of their money, in place of what is read of them.
TO_CUSTOMERS = {
    timeline.ANSWERS["wait"]: gettext_noop("You wait for what is not there."),
    timeline.ANSWERS["take_what_is_there"]: gettext_noop("You take what is there."),
    timeline.ANSWERS["cancel"]: gettext_noop("You do not want what is not there."),
    timeline.FOR_ALL[BackorderChoiceOffered]: gettext_noop("You were asked what becomes of what is not there."),
    timeline.FOR_ALL[CardReplaced]: gettext_noop("You pay with another card."),
    timeline.FOR_ALL[InvoiceReminded]: gettext_noop("You were reminded of an invoice: {left} is still to be paid."),
    timeline.FOR_ALL[RefundWrittenOff]: gettext_noop("{amount} was not paid back to where it came from."),
}

# Of what stands on no order's timeline. What stands in braces are fields of the event.
OF_NO_ORDER: dict[type[Event], str] = {
    product.ProductListed: gettext_noop("The product was listed, for {price}."),
    product.PriceChanged: gettext_noop("The price was changed to {price}."),
    product.ProductWithdrawn: gettext_noop("The product was withdrawn."),
    customer.CustomerRegistered: gettext_noop("The customer was registered."),
    customer.ContactDetailsChanged: gettext_noop("The contact details were changed."),
    customer.DeliveryAddressAdded: gettext_noop("A delivery address was added."),
    customer.DeliveryAddressRemoved: gettext_noop("A delivery address was removed."),
    customer.CustomerSuspended: gettext_noop("The customer was suspended: {reason}"),
    customer.CustomerReinstated: gettext_noop("The customer was reinstated: {reason}"),
}


def entries_in_words(
    entries: Iterable[TimelineEntry], reader: User, names: dict[str, str] | None = None
) -> list[Words]:
    """Entries of a timeline: at, who, text, position; with the `names` of those who acted, where these are known."""
    entries = list(entries)
    names = names_for(reader, (entry.actor for entry in entries)) if names is None else names
    return [
        {
            "at": entry.at,
            "position": entry.position,
            "who": names.get(entry.actor) or who_else(entry.actor),
            "text": sentence(said_to(reader, entry.sentence), entry.filled),
        }
        for entry in entries
    ]


def facts_in_words(facts: Sequence[Recorded[Any]], reader: User) -> list[Words]:
    """Facts as they lie in the log, those that there is a sentence for which the reader may read: at, who, text."""
    if not facts:
        return []
    names = names_for(reader, (fact.actor for fact in facts))
    return [
        {
            "at": fact.recorded_at,
            "who": names.get(fact.actor) or who_else(fact.actor),
            "text": sentence(
                said_to(reader, said), {name: getattr(fact.event, name) for name in timeline.names_in(said)}
            ),
        }
        for fact in facts
        if (said := words_of(fact.event)) and (staff_may_read(reader) or not timeline.for_staff(fact.event))
    ]


def words_of(event: Any) -> str:
    """The sentence for an event; nothing where there is none."""
    return timeline.words_of(event) if timeline.has_words(event) else OF_NO_ORDER.get(type(event), "")


def said_to(reader: User, said: str) -> str:
    """A sentence as this reader reads it: one about customers is to them about themselves."""
    return said if staff_may_read(reader) else TO_CUSTOMERS.get(said, said)


def names_for(reader: User, actors: Iterable[str]) -> dict[str, str]:
    """The names of those among these actors who are people, or partners; whoever reads it is called "you".

    Customers do not read who works here: whoever that is, it is the shop that acts.
    """
    actors = set(actors)
    if not staff_may_read(reader):
        people = dict.fromkeys(filter(UUID_TEXT.fullmatch, actors), _("the shop"))
        return people | Partner.names_of(actors) | {str(reader.id): _("you")}
    signed_in = User.names_of(actors) | Partner.names_of(actors) | {str(reader.id): _("you")}
    return CustomerPage.names_of(actors - signed_in.keys()) | signed_in


def who_else(actor: str) -> str:
    """Somebody who does not sign in, in words: the shop itself by one of its processes, or another system."""
    if actor.startswith("process:"):
        return _("the shop")
    systems = {PROVIDER: _("payment provider"), "payment_provider": _("payment provider"), CARRIER: _("carrier")}
    return (systems | {"mail": _("e-mail server")}).get(actor.removeprefix("system:"), actor)


def staff_may_read(reader: User) -> bool:
    """Whether somebody may read what only concerns those who work here."""
    return bool(reader.roles & STAFF)
